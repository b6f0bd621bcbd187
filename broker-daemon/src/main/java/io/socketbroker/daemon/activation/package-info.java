/**
 * Handlers as processes: how they are started, what they find, what they say on standard error, and how they end. Programs
 * are started on a thread of their own and their output is read on another, because both can block; everything else is on
 * the conductor thread. The conductor calls it.
 */
@NullMarked
package io.socketbroker.daemon.activation;

import org.jspecify.annotations.NullMarked;
