package io.socketbroker.daemon.systemd;

import io.socketbroker.v1.SystemdLauncher.Manager;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a manager may be met, best first: on a message bus, where its policy decides who may start units, or else on the
 * manager's private socket, as systemctl(1) does it. Thread-safe.
 */
final class BusAddresses {
    private BusAddresses() {}

    /**
     * One unix socket.
     *
     * @param socket its file
     * @param bus a message bus, where one says Hello; otherwise the manager itself is at the other end
     */
    record Address(Path socket, boolean bus) {}

    static List<Address> of(Manager manager, Map<String, String> environment) {
        List<Address> addresses = new ArrayList<>();
        if (manager == Manager.MANAGER_SYSTEM) {
            unixPaths(environment.getOrDefault("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/run/dbus/system_bus_socket"))
                    .forEach(path -> addresses.add(new Address(path, true)));
            addresses.add(new Address(Path.of("/run/systemd/private"), false));
        } else {
            Path runtime = Path.of(Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
                    .filter(directory -> !directory.isEmpty())
                    .orElseGet(() -> "/run/user/" + Integer.toUnsignedString(ownUid())));
            unixPaths(environment.getOrDefault("DBUS_SESSION_BUS_ADDRESS", ""))
                    .forEach(path -> addresses.add(new Address(path, true)));
            addresses.add(new Address(runtime.resolve("bus"), true));
            addresses.add(new Address(runtime.resolve("systemd/private"), false));
        }
        return addresses.stream().distinct().toList();
    }

    /** The file sockets of a list of server addresses (D-Bus specification, "Server Addresses"); others are passed over. */
    private static Stream<Path> unixPaths(String addresses) {
        return Stream.of(addresses.split(";"))
                .filter(address -> address.startsWith("unix:"))
                .flatMap(
                        address -> Stream.of(address.substring("unix:".length()).split(",")))
                .filter(parameter -> parameter.startsWith("path=/"))
                .map(parameter -> Path.of(unescaped(parameter.substring("path=".length()))));
    }

    private static String unescaped(String value) {
        try {
            // '+' means itself here, unlike in a form.
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return value;
        }
    }

    /** Of this process: who the bus is told we are. */
    static int ownUid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException("/proc/self has no owner", e);
        }
    }
}
