package io.socketbroker.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the demo tells, and what it found. One thread. */
public final class Story {

    private final Consumer<String> out;
    private final List<Chapter> chapters = new ArrayList<>();
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

    /**
     * A part of the story; it grows while it is told.
     *
     * @param subject what it is about, for the summary
     * @param wakesMillis from each activity to its handler's answer
     */
    public record Chapter(String subject, List<Check> checks, List<Long> wakesMillis) {
        /** Whether there were checks and none failed. */
        public boolean isGood() {
            return !checks.isEmpty() && checks.stream().allMatch(Check::passed);
        }
    }

    void chapter(String subject, String title) {
        chapters.add(new Chapter(subject, new ArrayList<>(), new ArrayList<>()));
        out.accept("");
        out.accept(title);
    }

    void tell(String text) {
        out.accept("    " + text);
    }

    /** Notes a check; the story goes on in any case. */
    boolean check(String step, boolean passed, String measured) {
        chapters.getLast().checks().add(new Check(step, measured, passed));
        out.accept((passed ? "  ok  " : "FAIL  ") + step + ": " + measured);
        return passed;
    }

    void wake(long millis) {
        chapters.getLast().wakesMillis().add(millis);
    }

    /** All chapters so far. */
    public List<Chapter> chapters() {
        return List.copyOf(chapters);
    }

    /** Whether every chapter is good. */
    public boolean isGood() {
        return chapters.stream().allMatch(Chapter::isGood);
    }

    /** Since the story began. */
    public long elapsedMillis() {
        return millisSince(startNanos);
    }

    static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
