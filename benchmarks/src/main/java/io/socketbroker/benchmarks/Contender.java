package io.socketbroker.benchmarks;

import java.net.InetSocketAddress;

/** Something that launches /bin/cat for each connection to an address. */
interface Contender extends AutoCloseable {
    /** For the table. */
    String name();

    /** Where to connect. */
    InetSocketAddress address();

    @Override
    void close();
}
