/** Stores of other versions, for the tests of whole processes. On the test's thread, and for tests only. */
@NullMarked
package io.socketbroker.daemon.journal;

import org.jspecify.annotations.NullMarked;
