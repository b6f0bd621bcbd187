/**
 * The vault: a second, small process that holds a duplicate of every brokered descriptor by slot, so that the end of the
 * broker closes none, and nothing else; {@link io.socketbroker.daemon.vault.Frame} has its wire format.
 *
 * <p>The server side runs on the main thread of the vault's own process, started through {@link
 * io.socketbroker.daemon.vault.Vault}; the frames are values.
 *
 * <p>Only the package {@code custody} uses the frames; nothing here may use more than the JDK and the module {@code linux},
 * because every class costs the small process memory.
 */
@NullMarked
package io.socketbroker.daemon.vault;

import org.jspecify.annotations.NullMarked;
