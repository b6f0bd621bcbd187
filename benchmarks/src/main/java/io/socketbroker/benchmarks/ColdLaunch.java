package io.socketbroker.benchmarks;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * From connect to the echo of a freshly launched /bin/cat: the broker, the bare posix_spawn floor and
 * systemd-socket-activate, in turns of 20 connections. Arguments: the launcher, and the number of turns (default 25). Ends
 * with status 1 if an echo is wrong; slow is no failure.
 */
public final class ColdLaunch {
    private static final int CONNECTIONS_PER_TURN = 20;
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o', '\n'};

    private ColdLaunch() {}

    /** See the class. */
    public static void main(String[] args) throws IOException {
        Path launcher = Path.of(args[0]).toAbsolutePath();
        int turns = args.length > 1 ? Integer.parseInt(args[1]) : 25;
        Path folder = Files.createTempDirectory("sb-bench-");
        List<Contender> contenders = new ArrayList<>();
        try {
            contenders.add(new SpawnFloor());
            contenders.add(new BrokerContender(launcher, folder.resolve("run")));
            SystemdContender.start().ifPresent(contenders::add);
            report(measure(contenders, turns));
        } finally {
            contenders.forEach(Contender::close);
            delete(folder);
        }
    }

    private static Map<String, Percentiles> measure(List<Contender> contenders, int turns) throws IOException {
        Map<String, Percentiles> results = new LinkedHashMap<>();
        // One turn to warm up, which is not counted.
        for (int turn = 0; turn <= turns; turn++) {
            for (Contender contender : contenders) {
                Percentiles counted = turn == 0
                        ? new Percentiles()
                        : results.computeIfAbsent(contender.name(), _ -> new Percentiles());
                for (int i = 0; i < CONNECTIONS_PER_TURN; i++) {
                    counted.add(echo(contender));
                }
            }
        }
        return results;
    }

    private static long echo(Contender contender) throws IOException {
        long start = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            socket.connect(contender.address());
            socket.getOutputStream().write(HELLO);
            byte[] answer = socket.getInputStream().readNBytes(HELLO.length);
            long nanos = System.nanoTime() - start;
            if (!Arrays.equals(answer, HELLO)) {
                throw new IOException(contender.name() + " answered " + answer.length + " wrong bytes");
            }
            // Until cat has gone, so that the next measurement has the processors for itself.
            socket.shutdownOutput();
            if (socket.getInputStream().read() != -1) {
                throw new IOException(contender.name() + " did not close");
            }
            return nanos;
        }
    }

    private static void report(Map<String, Percentiles> results) {
        double floor = results.values().iterator().next().micros(0.5);
        System.out.printf(
                "%-26s %8s %10s %10s %12s%n", "connect to echo of cat", "runs", "p50 us", "p99 us", "p50/floor");
        results.forEach((name, percentiles) -> System.out.printf(
                "%-26s %8d %10.0f %10.0f %12.2f%n",
                name,
                percentiles.count(),
                percentiles.micros(0.5),
                percentiles.micros(0.99),
                percentiles.micros(0.5) / floor));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
