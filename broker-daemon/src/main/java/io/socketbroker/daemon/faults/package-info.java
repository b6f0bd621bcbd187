/**
 * Places where a test has the process die. Any thread passes them; nothing happens unless a system property names one.
 * Every package but the rules may call, also the vault's, which has nothing else of the broker on its class path.
 */
@NullMarked
package io.socketbroker.daemon.faults;

import org.jspecify.annotations.NullMarked;
