package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One contender: makes connections and puts them into the custody of one holder, as told on standard input. Arguments:
 * "floor", "vault", "broker", "s6", "s6-programs" or "systemd"; the holder's socket, folder or unit; and for programs which
 * one, and its libraries.
 *
 * <p>It answers "ready"; "ready" to "fill N", when that many are held and were looked at; and a line of durations in
 * nanoseconds, each of one socket, to "put N" (one by one), "batch N" (N in one message) and "take N" (one by one), after
 * which as many are held as before; or "invalid ..." and its end.
 */
public final class CustodyProgram {
    /** Not all are looked at. */
    static final int SAMPLE_EVERY = 97;

    private final Holder holder;
    private final Connections connections = new Connections();

    private CustodyProgram(Holder holder) {
        this.holder = holder;
    }

    /** See the class. */
    public static void main(String[] args) throws IOException {
        try (Holder holder = holder(args)) {
            System.out.println("ready");
            new CustodyProgram(holder).obey();
        } catch (RuntimeException e) {
            System.out.println("invalid " + e);
            e.printStackTrace();
        }
        // Threads of gRPC may linger.
        System.exit(0);
    }

    private static Holder holder(String[] args) {
        return switch (args[0]) {
            case "floor" -> new FloorHolder(Sockets.connectUnix(Path.of(args[1]), Sockets.SOCK_SEQPACKET));
            case "vault" -> new VaultHolder(Path.of(args[1]));
            case "broker" -> new BrokerHolder(Path.of(args[1]));
            case "s6" -> new S6Holder(Path.of(args[1]));
            case "s6-programs" -> new S6ProgramHolder(Path.of(args[1]), args[2], args[3]);
            case "systemd" -> new SystemdHolder(args[1]);
            default -> throw new IllegalArgumentException(args[0]);
        };
    }

    private void obey() throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ", -1);
            int count = Integer.parseInt(words[1]);
            System.out.println(
                    switch (words[0]) {
                        case "fill" -> fill(count);
                        case "put" -> text(put(count));
                        case "batch" -> text(List.of(batch(count)));
                        case "take" -> text(take(count));
                        default -> throw new IllegalArgumentException(line);
                    });
        }
    }

    private static String text(List<Long> nanos) {
        return nanos.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private String fill(int count) {
        while (connections.count() < count) {
            int first = connections.count();
            List<OwnedFd> sockets = connect(Math.min(DescriptorChannel.MAX_DESCRIPTORS, count - first));
            holder.fill(first, sockets, cookiesFrom(first));
            sockets.forEach(OwnedFd::close);
        }
        holder.verify(connections.cookies());
        return "ready";
    }

    private List<OwnedFd> connect(int count) {
        return IntStream.range(0, count).mapToObj(_ -> connections.connect()).toList();
    }

    private List<Long> cookiesFrom(int first) {
        return connections.cookies().subList(first, connections.count());
    }

    private List<Long> put(int count) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try (OwnedFd socket = connections.connect()) {
                int number = connections.count() - 1;
                long cookie = connections.cookie(number);
                long start = System.nanoTime();
                holder.put(number, socket, cookie);
                nanos.add(System.nanoTime() - start);
            }
        }
        dropLast(count);
        return nanos;
    }

    private long batch(int count) {
        int first = connections.count();
        List<OwnedFd> sockets = connect(count);
        List<Long> cookies = cookiesFrom(first);
        long start = System.nanoTime();
        holder.putAll(first, sockets, cookies);
        long nanos = System.nanoTime() - start;
        sockets.forEach(OwnedFd::close);
        dropLast(count);
        return nanos / count;
    }

    private void dropLast(int count) {
        int first = connections.count() - count;
        holder.drop(IntStream.range(first, connections.count()).boxed().toList().reversed());
        connections.closeLast(count);
    }

    private List<Long> take(int count) {
        int first = connections.count();
        fill(first + count);
        List<Long> nanos = new ArrayList<>();
        for (int number = first + count - 1; number >= first; number--) {
            long cookie = connections.cookie(number);
            long start = System.nanoTime();
            try (OwnedFd socket = holder.take(number, cookie)) {
                nanos.add(System.nanoTime() - start);
                if (SocketOptions.cookie(socket.fd()) != cookie) {
                    throw new InvalidRunException("another socket came back");
                }
            }
        }
        connections.closeLast(count);
        return nanos;
    }
}
