package io.socketbroker.daemon.conditions;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Looks for default routes that lead out of the host. Stateless. */
final class DefaultRoutes {
    private static final int RTF_UP = 0x1;
    private static final int RTF_REJECT = 0x200;

    private DefaultRoutes() {}

    /** Whether there is one, for IPv4 or IPv6. */
    static boolean exist(Path network) throws IOException {
        return anyLine(network.resolve("route"), DefaultRoutes::isIpv4Default)
                || anyLine(network.resolve("ipv6_route"), DefaultRoutes::isIpv6Default);
    }

    /** Line by line, since a router has a million routes. Without IPv6 in the kernel its file is missing. */
    private static boolean anyLine(Path file, Predicate<String[]> matches) throws IOException {
        // An interface may have any bytes in its name.
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (matches.test(line.strip().split("\\s+", -1))) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Interface, destination, gateway, flags, references, use, metric, mask and more; a headline comes first. */
    private static boolean isIpv4Default(String[] field) {
        return field.length >= 8
                && field[1].equals("00000000")
                && field[7].equals("00000000")
                && leadsOut(field[3], field[0]);
    }

    /** Destination, its prefix length, source, its prefix length, next hop, metric, references, use, flags, interface. */
    private static boolean isIpv6Default(String[] field) {
        return field.length >= 10
                && field[0].equals("0".repeat(32))
                && field[1].equals("00")
                && leadsOut(field[8], field[9]);
    }

    /** A route of type blackhole is not marked as such for IPv4, but has no interface. */
    private static boolean leadsOut(String hexFlags, String networkInterface) {
        long flags = Long.parseLong(hexFlags, 16);
        return (flags & RTF_UP) != 0
                && (flags & RTF_REJECT) == 0
                && !networkInterface.equals("lo")
                && !networkInterface.equals("*");
    }
}
