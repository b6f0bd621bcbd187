package io.socketbroker.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the demo tells, and what it found. One thread. */
public final class Story {

    private final Consumer<String> out;
    private final List<Check> checks = new ArrayList<>();
    private final long startNanos = System.nanoTime();

    /** A story that is told line by line. */
    public Story(Consumer<String> out) {
        this.out = out;
    }

    /**
     * One step and whether it was as it should be.
     *
     * @param step what should be
     * @param measured what was
     */
    public record Check(String step, String measured, boolean passed) {}

    void chapter(String title) {
        out.accept("");
        out.accept(title);
    }

    void tell(String text) {
        out.accept("    " + text);
    }

    /** Notes a check; the story goes on in any case. */
    boolean check(String step, boolean passed, String measured) {
        checks.add(new Check(step, measured, passed));
        out.accept((passed ? "  ok  " : "FAIL  ") + step + ": " + measured);
        return passed;
    }

    /** All checks so far. */
    public List<Check> checks() {
        return List.copyOf(checks);
    }

    /** Whether there were checks and none failed. */
    public boolean isGood() {
        return !checks.isEmpty() && checks.stream().allMatch(Check::passed);
    }

    /** Since the story began. */
    public long elapsedMillis() {
        return millisSince(startNanos);
    }

    static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
