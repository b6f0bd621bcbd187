/**
 * What it takes until a running program has a socket on which something happened: the broker's sessions beside the bare
 * kernel path, a process that watches with epoll(7) and passes descriptors over SEQPACKET (unix(7)). Each contender is a
 * program of its own ({@link WakeProgram}) that both speaks on the far ends of its sockets and receives the near ones, on one
 * thread but for the SDK's handlers; the main thread gives them their turns. Started by benchmarks/run.
 */
@NullMarked
package io.socketbroker.benchmarks.wake;

import org.jspecify.annotations.NullMarked;
