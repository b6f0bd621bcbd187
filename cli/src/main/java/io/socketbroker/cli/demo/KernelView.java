package io.socketbroker.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What the kernel itself says about sockets and who holds them: /proc/net and /proc/PID/fd (proc(5)). Stateless. */
final class KernelView {

    private static final String[] TCP_STATES = {
        "?",
        "ESTABLISHED",
        "SYN_SENT",
        "SYN_RECV",
        "FIN_WAIT1",
        "FIN_WAIT2",
        "TIME_WAIT",
        "CLOSE",
        "CLOSE_WAIT",
        "LAST_ACK",
        "LISTEN",
        "CLOSING",
        "NEW_SYN_RECV"
    };
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private KernelView() {}

    /**
     * One socket.
     *
     * @param state of TCP, in the kernel's words
     * @param inode names it in /proc/PID/fd
     */
    record Entry(String state, String inode) {}

    /** The TCP socket over IPv4 with these ports; a remote port of 0 is a listener's. */
    static Optional<Entry> tcp(int localPort, int remotePort) {
        return find(Path.of("/proc/net/tcp"), localPort, remotePort);
    }

    /** The UDP socket over IPv4 with this port. */
    static Optional<Entry> udp(int localPort) {
        return find(Path.of("/proc/net/udp"), localPort, 0);
    }

    private static Optional<Entry> find(Path table, int localPort, int remotePort) {
        try (var lines = Files.lines(table)) {
            return lines.skip(1)
                    .map(line -> BLANKS.split(line.strip()))
                    .filter(columns -> port(columns[1]) == localPort && port(columns[2]) == remotePort)
                    .findFirst()
                    .map(columns -> new Entry(TCP_STATES[Integer.parseInt(columns[3], 16)], columns[9]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
    }

    /** The processes that have the socket open, as far as the caller may look. */
    static SortedSet<Long> holders(Entry socket) {
        var pids = new TreeSet<Long>();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                if (holds(process, "socket:[" + socket.inode() + "]")) {
                    pids.add(Long.valueOf(process.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pids;
    }

    private static boolean holds(Path process, String target) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (var descriptor : descriptors) {
                if (target(descriptor).equals(target)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Gone meanwhile, or another user's: not one of the demo's.
            return false;
        }
        return false;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // Closed meanwhile.
            return "";
        }
    }

    /** The name of a process's program; empty if it is gone. */
    static String program(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "comm"))
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }
}
