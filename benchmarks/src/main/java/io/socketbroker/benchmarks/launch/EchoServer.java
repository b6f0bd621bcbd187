package io.socketbroker.benchmarks.launch;

import io.socketbroker.benchmarks.harness.Role;
import java.net.InetSocketAddress;

/**
 * Something that launches /bin/cat for each connection to an address. Whoever made it ends it.
 *
 * @param role in the table
 * @param name for the table
 * @param address where to connect
 */
record EchoServer(Role role, String name, InetSocketAddress address) {}
