package io.socketbroker.benchmarks.custody;

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

/**
 * One contender: makes sockets and puts them into the custody of one holder, as told on standard input. Arguments: "floor",
 * "vault", "s6", "s6-programs" or "systemd"; the holder's socket, or its unit; and for programs which one, and its libraries.
 *
 * <p>It answers "ready"; "ready" to "fill N", when that many are held and were looked at; and a line of durations in
 * nanoseconds to "put N", after which it has made the holder let go of these; or "invalid ..." and its end.
 */
public final class CustodyProgram {
    /** Not all are looked at. */
    static final int SAMPLE_EVERY = 97;

    private final Holder holder;
    private final List<Long> cookies = new ArrayList<>();

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
    }

    private static Holder holder(String[] args) {
        return switch (args[0]) {
            case "floor" -> new FloorHolder(Path.of(args[1]));
            case "vault" -> new VaultHolder(Path.of(args[1]));
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
            switch (words[0]) {
                case "fill" -> System.out.println(fill(count));
                case "put" -> System.out.println(put(count));
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    private String fill(int count) {
        while (cookies.size() < count) {
            try (OwnedFd socket = newSocket()) {
                long cookie = SocketOptions.cookie(socket.fd());
                holder.fill(cookies.size(), socket.fd(), cookie);
                cookies.add(cookie);
            }
        }
        holder.verify(cookies);
        return "ready";
    }

    private static OwnedFd newSocket() {
        return Sockets.open(Sockets.AF_UNIX, Sockets.SOCK_DGRAM, 0);
    }

    /** Gives nanoseconds; the holder alone has it then. */
    private long putNext() {
        try (OwnedFd socket = newSocket()) {
            long cookie = SocketOptions.cookie(socket.fd());
            long start = System.nanoTime();
            holder.put(cookies.size(), socket.fd(), cookie);
            long nanos = System.nanoTime() - start;
            cookies.add(cookie);
            return nanos;
        }
    }

    private String put(int count) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nanos.add(putNext());
        }
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            cookies.removeLast();
            numbers.add(cookies.size());
        }
        holder.drop(numbers);
        return nanos.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
