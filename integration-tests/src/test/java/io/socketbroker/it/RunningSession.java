package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A {@link SessionProgram} as a process that a test can kill. Its stream is open once it answers. Not thread-safe. */
final class RunningSession implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 15;

    private final Process process;

    /** Attaches to a task; {@code hello} is for the test to say. */
    RunningSession(Path runtimeDirectory, String task) {
        try {
            process = new ProcessBuilder(
                            BrokerProcess.java(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SessionProgram.class.getName(),
                            runtimeDirectory.toString(),
                            task)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int pid() {
        return Math.toIntExact(process.pid());
    }

    /** One command and its answer. */
    String tell(String command) {
        try {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            String answer = process.inputReader(StandardCharsets.US_ASCII).readLine();
            assertThat(answer).as("answer to '%s'", command).isNotNull();
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
