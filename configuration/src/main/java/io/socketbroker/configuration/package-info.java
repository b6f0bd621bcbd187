/**
 * What an operator declares in files: {@code socketbroker.toml} and its drop-ins, read into one typed class per concern, with
 * every error told at once. Plain values and blocking file reads without threads of its own, so any thread may call it but the
 * daemon's conductor. The daemon and the command {@code socketbroker apply} are its callers; every key is described in
 * docs/configuration.md, which a test compares with the keys here.
 */
@NullMarked
package io.socketbroker.configuration;

import org.jspecify.annotations.NullMarked;
