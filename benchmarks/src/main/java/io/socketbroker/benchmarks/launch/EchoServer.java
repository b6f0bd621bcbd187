package io.socketbroker.benchmarks.launch;

import java.net.InetSocketAddress;

/**
 * Something that launches /bin/cat for each connection to an address. Whoever made it ends it.
 *
 * @param name for the table
 * @param address where to connect
 */
record EchoServer(String name, InetSocketAddress address) {}
