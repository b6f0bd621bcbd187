package io.socketbroker.benchmarks.wake;

import io.socketbroker.linux.Sockets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * One contender: parks sockets, and takes turns when told to on standard input. Arguments: "floor", "raw" or "sdk"; the
 * watcher's socket or the broker's runtime folder; how many sockets; who watches, by its pid; the SDK's credit.
 *
 * <p>It answers "ready", and to "wake N", "open N RATE", "sustain N WINDOW", "give-back N" or "burst" with a line of rows between bars, each of a name, a number of messages
 * and durations in nanoseconds or a rate; or with "invalid ..." and its end.
 */
public final class WakeProgram {
    private final Receiver receiver;
    private final ParkedSockets sockets;
    private final StoppableProcess watcher;
    private final Arrivals arrivals;
    private final SplittableRandom random = new SplittableRandom(1);

    private WakeProgram(Receiver receiver, ParkedSockets sockets, Ledger ledger, StoppableProcess watcher) {
        this.receiver = receiver;
        this.arrivals = new Arrivals(receiver, sockets, ledger);
        this.sockets = sockets;
        this.watcher = watcher;
    }

    /** See the class. */
    public static void main(String[] args) throws IOException {
        int count = Integer.parseInt(args[2]);
        Ledger ledger = new Ledger(count);
        try (StoppableProcess watcher = new StoppableProcess(Integer.parseInt(args[3]));
                ParkedSockets sockets = new ParkedSockets(ledger);
                Receiver receiver = receiver(args, ledger)) {
            sockets.open(count, receiver);
            receiver.attach();
            System.out.println("ready");
            new WakeProgram(receiver, sockets, ledger, watcher).obey();
        } catch (RuntimeException e) {
            System.out.println("invalid " + e);
            e.printStackTrace();
        }
        // Threads of gRPC may linger.
        System.exit(0);
    }

    private static Receiver receiver(String[] args, Ledger ledger) {
        Path path = Path.of(args[1]);
        return switch (args[0]) {
            case "floor" -> new FloorReceiver(Sockets.connectUnix(path, Sockets.SOCK_SEQPACKET), ledger);
            case "raw" -> new RawSession(path, ledger);
            case "sdk" -> new SdkSession(path, Integer.parseInt(args[4]), ledger);
            default -> throw new IllegalArgumentException(args[0]);
        };
    }

    private void obey() throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(turn(line.split(" ", -1)));
            receiver.rest();
        }
    }

    private String turn(String[] words) {
        return switch (words[0]) {
            case "wake" -> wake(Integer.parseInt(words[1]));
            case "open" -> row("", 0, arrivals.open(Integer.parseInt(words[1]), Integer.parseInt(words[2])));
            case "sustain" ->
                row("", 0, List.of(arrivals.sustain(Integer.parseInt(words[1]), Integer.parseInt(words[2]))));
            case "give-back" -> row("", 0, giveBack(Integer.parseInt(words[1])));
            case "burst" -> burst();
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    /** One socket after the other, each when the one before it is parked again. */
    private String wake(int wakes) {
        List<List<Long>> nanos = receiver.stages().stream()
                .<List<Long>>map(_ -> new ArrayList<>())
                .toList();
        for (int i = 0; i < wakes; i++) {
            int index = random.nextInt(sockets.count());
            long start = System.nanoTime();
            sockets.speak(index);
            receiver.work(1);
            List<Long> reached = receiver.reachedNanos();
            for (int stage = 0; stage < nanos.size(); stage++) {
                nanos.get(stage).add(reached.get(stage) - start);
            }
        }
        List<String> rows = new ArrayList<>();
        for (int stage = 0; stage < nanos.size(); stage++) {
            rows.add(row(receiver.stages().get(stage), 0, nanos.get(stage)));
        }
        return String.join("|", rows);
    }

    private List<Long> giveBack(int wakes) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < wakes; i++) {
            sockets.speak(random.nextInt(sockets.count()));
            receiver.work(1);
            nanos.add(receiver.returnNanos());
        }
        return nanos;
    }

    /** All sockets at once. */
    private String burst() {
        watcher.stop();
        for (int i = 0; i < sockets.count(); i++) {
            sockets.speak(i);
        }
        long start = System.nanoTime();
        watcher.resume();
        int messages = receiver.work(sockets.count());
        return row("", messages, List.of(System.nanoTime() - start));
    }

    private static String row(String name, int messages, List<Long> nanos) {
        return name + ";" + messages + ";" + nanos.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
