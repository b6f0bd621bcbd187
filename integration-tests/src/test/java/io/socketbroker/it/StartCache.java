package io.socketbroker.it;

import io.socketbroker.cli.SocketBroker;
import io.socketbroker.daemon.BrokerDaemon;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.Signals;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * How the daemons and commands of the tests start: with ahead-of-time caches (JEP 514) of what they load, as bin/socketbroker
 * starts them. They are made once in a run of the tests, by a daemon that serves one question and stops.
 */
final class StartCache {
    private static final Duration MOST = Duration.ofMinutes(2);

    /** As the launcher does, but for what only it knows. */
    private static final List<String> OPTIONS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:-MaxFDLimit",
            "-XX:TieredStopAtLevel=1");

    private static final StartCache INSTANCE = make();

    private final String classPath;
    private final List<String> ofDaemon;
    private final List<String> ofCli;

    private StartCache(String classPath, List<String> ofDaemon, List<String> ofCli) {
        this.classPath = classPath;
        this.ofDaemon = ofDaemon;
        this.ofCli = ofCli;
    }

    /** Everything up to the daemon's own options. */
    static List<String> daemonCommand() {
        return INSTANCE.daemon(INSTANCE.ofDaemon);
    }

    /** Everything up to the command's own options. */
    static List<String> cliCommand(String... more) {
        return INSTANCE.cli(INSTANCE.ofCli, more);
    }

    private List<String> daemon(List<String> cache) {
        return java(BrokerDaemon.class, Stream.concat(Stream.of("-Xmx64m"), cache.stream()));
    }

    private List<String> cli(List<String> cache, String... more) {
        return java(SocketBroker.class, Stream.concat(Stream.of(more), cache.stream()));
    }

    private List<String> java(Class<?> main, Stream<String> options) {
        return Stream.of(
                        Stream.of(BrokerProcess.java()),
                        OPTIONS.stream(),
                        options,
                        Stream.of("-cp", classPath, main.getName()))
                .flatMap(part -> part)
                .toList();
    }

    private static StartCache make() {
        String classPath = System.getProperty("java.class.path");
        String daemon = BrokerDaemon.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        if (!daemon.endsWith(".jar")) {
            // In an IDE the classes are in folders, which no cache can be made of.
            return new StartCache(classPath, List.of(), List.of());
        }
        String jars = Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .collect(Collectors.joining(File.pathSeparator));
        try {
            return new StartCache(jars, use("daemon"), use("cli")).train();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(String program) {
        return Path.of("target", program + ".aot").toAbsolutePath();
    }

    /** The JVM would speak on stdout of a cache that it cannot use. */
    private static List<String> use(String program) {
        return List.of("-Xlog:disable", "-Xlog:all=error:stderr", "-XX:AOTCache=" + file(program));
    }

    private static List<String> record(String program) throws IOException {
        Files.deleteIfExists(file(program));
        return List.of("-Xlog:disable", "-XX:AOTCacheOutput=" + file(program));
    }

    private StartCache train() throws IOException {
        Path folder = Files.createTempDirectory("sb-cache");
        List<String> arguments = List.of("--runtime-dir", folder.resolve("r").toString());
        List<String> daemon = new ArrayList<>(daemon(record("daemon")));
        daemon.addAll(arguments);
        daemon.addAll(List.of("--config", "/dev/null", "--in-memory"));
        Process broker = start(daemon, folder.resolve("log"));
        try {
            await(() -> !broker.isAlive() || Files.exists(folder.resolve("r/fd.sock")));
            List<String> status = new ArrayList<>(cli(record("cli")));
            status.add("status");
            status.addAll(arguments);
            Process question = start(status, folder.resolve("cli.log"));
            await(() -> !question.isAlive());
            try (OwnedFd pidfd = PidFd.open((int) broker.pid())) {
                PidFd.sendSignal(pidfd.fd(), Signals.SIGTERM);
            }
            await(() -> !broker.isAlive());
            if (!Files.exists(file("daemon")) || !Files.exists(file("cli"))) {
                throw new IllegalStateException("no caches were made: " + Files.readString(folder.resolve("log"))
                        + Files.readString(folder.resolve("cli.log")));
            }
            return this;
        } finally {
            broker.destroyForcibly();
            BrokerProcess.delete(folder);
        }
    }

    private static Process start(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static void await(Callable<Boolean> condition) {
        // Another thread would wait for this class to be initialised, which is what happens here.
        Awaitility.await("training").pollInSameThread().atMost(MOST).until(condition);
    }
}
