package io.socketbroker.it;

import io.socketbroker.cli.SocketBroker;
import io.socketbroker.daemon.BrokerDaemon;
import io.socketbroker.daemon.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A launcher like bin/socketbroker, with the classes under test. */
final class CommandLine {
    private CommandLine() {}

    /** Writes the program "socketbroker" into a folder. */
    static Path writeIn(Path folder) throws IOException {
        return writeIn(folder, System.getProperty("java.class.path"));
    }

    /** As the other, with the classes of another place. */
    static Path writeIn(Path folder, String classPath) throws IOException {
        Path launcher = folder.resolve("socketbroker");
        String java = BrokerProcess.java() + " --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:-MaxFDLimit"
                + " -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow -cp '" + classPath + "' ";
        Files.writeString(launcher, """
                #!/bin/sh
                if [ "$1" = daemon ]; then shift; exec %s -Xmx64m %s "$@"; fi
                if [ "$1" = vault ]; then shift; exec %s -Xmx96m %s "$@"; fi
                exec %s -Dsocketbroker.launcher="$0" %s "$@"
                """.formatted(
                java, BrokerDaemon.class.getName(), java, Vault.class.getName(), java, SocketBroker.class.getName()));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        return launcher;
    }
}
