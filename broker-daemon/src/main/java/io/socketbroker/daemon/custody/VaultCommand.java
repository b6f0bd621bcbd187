package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.daemon.vault.Vault;
import io.socketbroker.linux.OwnedFd;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;

/** The command line of a vault's JVM. Stateless. */
final class VaultCommand {
    /**
     * For a small process. bin/socketbroker has the same, and a test compares them. One compiler thread that inlines
     * little keeps the compiler's memory low, and the trim gives the rest of it back, every ten seconds; a fixed young
     * generation keeps the heap at what is held. The largest heap is enough for every slot of {@link
     * io.socketbroker.daemon.vault.Frame#MOST_SLOTS}.
     */
    static final List<String> JVM_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-Xms2m",
            "-Xmn512k",
            "-Xmx96m",
            "-Xss256k",
            "-XX:TieredStopAtLevel=1",
            "-XX:CICompilerCount=1",
            "-XX:C1MaxInlineSize=12",
            "-XX:TrimNativeHeapInterval=10000",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED");

    /** For tests: where the vaults that this broker starts are to die, see {@link FailPoint}. */
    private static final String FAIL_POINT = "socketbroker.vault.failpoint";

    /** More options for the vault's JVM, one on each line: of the launcher, which knows where its cache of classes is. */
    private static final String MORE_OPTIONS = "socketbroker.vault.options";

    private VaultCommand() {}

    static List<String> ofThisJvm(Path socket) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        System.getProperty(MORE_OPTIONS, "")
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(command::add);
        String failPoint = System.getProperty(FAIL_POINT);
        if (failPoint != null) {
            command.add("-Dsocketbroker.failpoint=" + failPoint);
        }
        command.add("-cp");
        command.add(home(OwnedFd.class) + ":" + home(Vault.class));
        command.add(Vault.class.getName());
        command.add("--socket");
        command.add(socket.toAbsolutePath().toString());
        command.add(Vault.TRANSIENT);
        return command;
    }

    /** The jar or folder of a class. */
    private static Path home(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            throw new IllegalStateException(type + " was loaded from nowhere");
        }
        try {
            return Path.of(source.getLocation().toURI()).toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(source.getLocation() + " is no path", e);
        }
    }
}
