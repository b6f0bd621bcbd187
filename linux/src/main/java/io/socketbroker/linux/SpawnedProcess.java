package io.socketbroker.linux;

/**
 * A child process.
 *
 * @param pid its process id, valid until it is reaped by {@link PidFd#waitFor}
 * @param pidfd owned by whoever has this object; readable when the child has ended
 */
public record SpawnedProcess(int pid, OwnedFd pidfd) {}
