package io.socketbroker.benchmarks.core;

/** The heap of this JVM. Stateless. */
final class Heap {
    private Heap() {}

    /** What is reachable, in bytes: makes the collector look. */
    static long liveBytes() {
        Runtime runtime = Runtime.getRuntime();
        // The second time finds what the first one has put on its list of references.
        System.gc();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
