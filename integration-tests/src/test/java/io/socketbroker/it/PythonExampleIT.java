package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The example in Python: the protocol needs no Java. */
final class PythonExampleIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    /** Upwards from the module's folder, which is where the build runs the tests. */
    static Path checkout() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("examples/python"))) {
            folder = Objects.requireNonNull(folder.getParent(), "examples/python is above this folder");
        }
        return folder;
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    static void requirePackages() throws Exception {
        if (succeeds(Puppets.PYTHON, "-c", "import grpc, google.protobuf")
                && Files.isExecutable(Path.of("/usr/bin/protoc"))) {
            return;
        }
        String missing = "install python3-grpcio, python3-protobuf and protobuf-compiler for this test";
        if ("true".equals(System.getenv("CI"))) {
            fail(missing);
        }
        Assumptions.abort(missing);
    }

    @Test
    void shouldParkAndReclaimFromPython() throws Exception {
        requirePackages();
        Path example = checkout().resolve("examples/python/park_and_reclaim.py");
        ProcessBuilder builder = new ProcessBuilder(
                        Puppets.PYTHON,
                        example.toString(),
                        broker.process().runtimeDirectory().toString())
                .redirectErrorStream(true);
        // The generated classes go into a cache: one of this test's own, so that they are made.
        builder.environment()
                .put("XDG_CACHE_HOME", broker.home().resolve("cache").toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        Process process = builder.start();
        String output = process.inputReader().readAllAsString();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(output.lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("parked python-") && line.contains("SOCKET_STATE_PARKED"))
                .anyMatch(line -> line.contains("same cookie, same context, and bytes flow both ways"));
        assertThat(broker.client().socketIds()).isEmpty();
    }
}
