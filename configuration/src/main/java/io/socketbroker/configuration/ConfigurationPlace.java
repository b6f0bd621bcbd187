package io.socketbroker.configuration;

import io.socketbroker.linux.Users;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the configuration is. Immutable.
 *
 * @param file socketbroker.toml
 * @param required whether the file must be there
 */
public record ConfigurationPlace(Path file, boolean required) {
    /** Of the main file, in its folder. */
    public static final String FILE_NAME = "socketbroker.toml";

    private static final String DROP_INS = "tasks.d";

    /** Makes the path absolute, for errors. */
    public ConfigurationPlace {
        file = file.toAbsolutePath().normalize();
    }

    /**
     * The file that was named, or the default one: /etc/socketbroker/socketbroker.toml for root and for whoever has no
     * XDG_RUNTIME_DIR, which is a system service; for others $XDG_CONFIG_HOME/socketbroker/socketbroker.toml, where
     * XDG_CONFIG_HOME is ~/.config if it is not set.
     */
    public static ConfigurationPlace of(Optional<Path> named, Map<String, String> environment) {
        return find(named, environment, Users.uid());
    }

    static ConfigurationPlace find(Optional<Path> named, Map<String, String> environment, int uid) {
        if (named.isPresent()) {
            return new ConfigurationPlace(named.get(), true);
        }
        String home = environment.getOrDefault("HOME", "");
        String own = environment.getOrDefault("XDG_CONFIG_HOME", home.isEmpty() ? "" : home + "/.config");
        boolean system =
                uid == 0 || environment.getOrDefault("XDG_RUNTIME_DIR", "").isEmpty() || !own.startsWith("/");
        Path folder = Path.of(system ? "/etc" : own, "socketbroker");
        return new ConfigurationPlace(folder.resolve(FILE_NAME), false);
    }

    /** The folder of the drop-ins, which need not be there. */
    public Path dropIns() {
        return file.resolveSibling(DROP_INS);
    }
}
