package io.socketbroker.daemon;

import io.socketbroker.linux.Users;
import java.nio.file.Path;
import java.util.Optional;

/** Where a broker has its files when nobody says otherwise: file-hierarchy(7), and the XDG Base Directory Specification. */
final class StandardFolders {
    private static final String NAME = "socketbroker";

    private StandardFolders() {}

    /** $SOCKETBROKER_RUNTIME_DIR, if it is set. */
    static Optional<Path> runtimeOfEnvironment() {
        return variable("SOCKETBROKER_RUNTIME_DIR");
    }

    /** /run/socketbroker for root, else socketbroker in $XDG_RUNTIME_DIR. */
    static Path runtime() {
        return ofUser("XDG_RUNTIME_DIR").orElse(Path.of("/run", NAME));
    }

    /** /var/lib/socketbroker for root, else socketbroker in $XDG_STATE_HOME, which is ~/.local/state if it is not set. */
    static Path state() {
        if (Users.uid() == 0) {
            return Path.of("/var/lib", NAME);
        }
        return ofUser("XDG_STATE_HOME").orElseGet(() -> Path.of(System.getProperty("user.home"), ".local/state", NAME));
    }

    private static Optional<Path> ofUser(String variable) {
        return Users.uid() == 0 ? Optional.empty() : variable(variable).map(folder -> folder.resolve(NAME));
    }

    private static Optional<Path> variable(String name) {
        return Optional.ofNullable(System.getenv(name))
                .filter(value -> !value.isEmpty())
                .map(Path::of);
    }
}
