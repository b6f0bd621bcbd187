/**
 * The demo: a private broker, programs that park sockets, handlers that it launches, and a look at the kernel after
 * each step.
 *
 * <p>The main thread tells the story; programs and handlers are processes of their own.
 *
 * <p>Only the sub-command {@code demo} calls it.
 */
@NullMarked
package io.socketbroker.cli.demo;

import org.jspecify.annotations.NullMarked;
