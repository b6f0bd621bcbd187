package io.socketbroker.benchmarks.launch;

/** A program that ends. */
public final class Nothing {
    private Nothing() {}

    /** Does nothing. */
    public static void main(String[] args) {}
}
