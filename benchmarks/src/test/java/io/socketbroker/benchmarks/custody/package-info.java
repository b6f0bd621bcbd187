/** Tests of the contenders that need no broker. On the threads of JUnit, and one for the floor's watcher. For the build. */
@NullMarked
package io.socketbroker.benchmarks.custody;

import org.jspecify.annotations.NullMarked;
