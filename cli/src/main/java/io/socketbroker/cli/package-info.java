/**
 * The command {@code socketbroker}: one class for each sub-command, and what they share.
 *
 * <p>The main thread runs it, and the process ends with it.
 *
 * <p>Only {@code bin/socketbroker} calls it, and tests.
 */
@NullMarked
package io.socketbroker.cli;

import org.jspecify.annotations.NullMarked;
