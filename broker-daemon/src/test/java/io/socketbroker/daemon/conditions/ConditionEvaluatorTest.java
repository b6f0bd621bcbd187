package io.socketbroker.daemon.conditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socketbroker.v1.TaskConditions;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ConditionEvaluatorTest {
    private static final TaskConditions NETWORK =
            TaskConditions.newBuilder().setNetworkAvailable(true).build();
    private static final TaskConditions NOTHING = TaskConditions.getDefaultInstance();
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    @TempDir
    Path directory;

    private record Answer(Thread thread, ConditionReport report) {}

    private void take(ConditionReport report) {
        answers.add(new Answer(Thread.currentThread(), report));
    }

    private Answer next() throws InterruptedException {
        Answer answer = answers.poll(10, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        return answer;
    }

    private ConditionEvaluator evaluator(int mostWaiting) {
        return new ConditionEvaluator(new Surroundings(directory, directory, Clock.systemUTC()), mostWaiting);
    }

    @Test
    void shouldAnswerOnAThreadOfItsOwn() throws InterruptedException {
        try (ConditionEvaluator evaluator = new ConditionEvaluator()) {
            evaluator.evaluate(NOTHING, this::take);
            Answer answer = next();
            assertThat(answer.thread.getName()).startsWith("conditions-");
            assertThat(answer.thread.isDaemon()).isTrue();
            assertThat(answer.report).isEqualTo(new ConditionReport(true, "", SECOND));
        }
    }

    @Test
    void shouldLookAtTheNetworkThatItWasGiven() throws InterruptedException {
        try (ConditionEvaluator evaluator = new ConditionEvaluator(directory)) {
            evaluator.evaluate(NETWORK, this::take);
            assertThat(next().report).isEqualTo(new ConditionReport(false, "no default route", SECOND));
        }
    }

    @Test
    void shouldSayWhatCannotBeLookedUp() throws InterruptedException {
        try (ConditionEvaluator evaluator = new ConditionEvaluator()) {
            TaskConditions.Builder conditions = TaskConditions.newBuilder();
            conditions.getTimeWindowBuilder().setStart("09:00").setEnd("17:00").setTimeZone("Europe/Atlantis");
            evaluator.evaluate(conditions.build(), this::take);
            assertThat(next().report)
                    .matches(report -> !report.met() && report.lookAgainAfter().equals(SECOND))
                    .matches(report -> report.unmet().contains("Europe/Atlantis"));
            evaluator.evaluate(
                    TaskConditions.newBuilder().setPathExists("/a\0b").build(), this::take);
            assertThat(next().report.unmet()).startsWith("cannot be looked up: ");
            evaluator.evaluate(NOTHING, this::take);
            assertThat(next().report.met()).as("goes on").isTrue();
        }
    }

    /** A pipe without a writer takes the part of a file system that does not answer. */
    @Test
    void shouldGoOnBesideLooksThatHangAndRefuseMoreThanItsBound() throws Exception {
        Path pipe = directory.resolve("route");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        try (ConditionEvaluator evaluator = evaluator(2)) {
            for (int i = 0; i < 3; i++) {
                evaluator.evaluate(NETWORK, this::take);
            }
            for (int i = 0; i < 10; i++) {
                evaluator.evaluate(NOTHING, this::take);
                assertThat(next().report.met()).isTrue();
            }
            evaluator.evaluate(NETWORK, this::take);
            // Two find room behind those that hang, or one while the fourth of them is still on its way.
            for (int i = 0; i < 4 && answers.isEmpty(); i++) {
                evaluator.evaluate(NOTHING, this::take);
            }
            Answer refusal = next();
            assertThat(refusal.thread).isEqualTo(Thread.currentThread());
            assertThat(refusal.report.met()).isFalse();
            assertThat(refusal.report.unmet()).startsWith("not looked up, because too many");
            release(pipe);
        }
    }

    private void release(Path pipe) {
        AtomicInteger released = new AtomicInteger();
        await().until(() -> {
            // Opened for both, since a writer alone would wait for a reader. Its close is the end of the file for all
            // readers.
            new RandomAccessFile(pipe.toFile(), "rw").close();
            for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
                released.addAndGet(answer.report.unmet().equals("no default route") ? 1 : 0);
            }
            return released.get() == 4;
        });
    }

    @Test
    void shouldRefuseAfterItsClose() throws InterruptedException {
        ConditionEvaluator evaluator = new ConditionEvaluator();
        evaluator.close();
        evaluator.evaluate(NOTHING, this::take);
        assertThat(next().report.met()).isFalse();
    }
}
