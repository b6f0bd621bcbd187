package io.socketbroker.it;

import io.socketbroker.cli.SocketBroker;
import io.socketbroker.daemon.BrokerDaemon;
import io.socketbroker.daemon.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;

/** A launcher like bin/socketbroker, with the classes under test. */
final class CommandLine {
    private CommandLine() {}

    /** Writes the program "socketbroker" into a folder. */
    static Path writeIn(Path folder) throws IOException {
        return write(
                folder,
                shell(StartCache.daemonCommand()),
                java(System.getProperty("java.class.path")),
                shell(StartCache.cliCommand("-Dsocketbroker.launcher=" + folder.resolve("socketbroker"))));
    }

    /** As the other, with the classes of another place. */
    static Path writeIn(Path folder, String classPath) throws IOException {
        String java = java(classPath);
        return write(
                folder,
                java + " -Xmx64m " + BrokerDaemon.class.getName(),
                java,
                java + " -Dsocketbroker.launcher=\"$0\" " + SocketBroker.class.getName());
    }

    private static Path write(Path folder, String daemon, String java, String cli) throws IOException {
        Path launcher = folder.resolve("socketbroker");
        Files.writeString(launcher, """
                #!/bin/sh
                if [ "$1" = daemon ]; then shift; exec %s "$@"; fi
                if [ "$1" = vault ]; then shift; exec %s -Xmx96m %s "$@"; fi
                exec %s "$@"
                """.formatted(daemon, java, Vault.class.getName(), cli));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        return launcher;
    }

    private static String java(String classPath) {
        return BrokerProcess.java() + " --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:-MaxFDLimit"
                + " -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow -cp '" + classPath + "'";
    }

    private static String shell(List<String> words) {
        return words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }
}
