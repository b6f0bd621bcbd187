package io.socketbroker.configuration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Everything that the files say, with defaults for the rest. Immutable. */
public final class Configuration {
    private final ConfigurationPlace place;
    private final List<Path> files;
    private final Values broker;
    private final Values limits;
    private final Values custody;
    private final List<Values> declarations;
    private final LimitSettings limitSettings;
    private final List<TaskDeclaration> tasks;
    private final List<ListenerDeclaration> listeners;

    Configuration(
            ConfigurationPlace place,
            List<Path> files,
            Values broker,
            Values limits,
            Values custody,
            List<Values> declarations,
            LimitSettings limitSettings,
            List<TaskDeclaration> tasks,
            List<ListenerDeclaration> listeners) {
        this.place = place;
        this.files = List.copyOf(files);
        this.broker = broker;
        this.limits = limits;
        this.custody = custody;
        this.declarations = List.copyOf(declarations);
        this.limitSettings = limitSettings;
        this.tasks = List.copyOf(tasks);
        this.listeners = List.copyOf(listeners);
    }

    /** The app name of declared tasks and their listeners. Only the configuration registers tasks under it. */
    public static final String APP = "declared";

    /** Where it was looked for. */
    public ConfigurationPlace place() {
        return place;
    }

    /** The files that were read, the main one first; empty if there is none. */
    public List<Path> files() {
        return files;
    }

    /** See [broker]. */
    public BrokerSettings broker() {
        return BrokerSettings.of(broker);
    }

    /** See [limits]. */
    public LimitSettings limits() {
        return limitSettings;
    }

    /** See [custody]. */
    public CustodySettings custody() {
        return CustodySettings.of(custody);
    }

    /** In the order of the files. */
    public List<TaskDeclaration> tasks() {
        return tasks;
    }

    /** In the order of the files. */
    public List<ListenerDeclaration> listeners() {
        return listeners;
    }

    /** The same where an option of the command line says otherwise. */
    public Configuration with(BrokerSettings.Overrides options) {
        return new Configuration(
                place, files, options.over(broker), limits, custody, declarations, limitSettings, tasks, listeners);
    }

    /** No file and no options. */
    public static Configuration defaults() {
        return ConfigurationReader.read(new ConfigurationPlace(Path.of("/nonexistent"), false));
    }

    /** The keys, as in "limits.handlers", whose other value in the later configuration counts only after a restart. */
    public List<String> needingRestart(Configuration later) {
        List<String> names = new ArrayList<>();
        List<Values> before = List.of(broker, limits, custody);
        List<Values> after = List.of(later.broker, later.limits, later.custody);
        for (int i = 0; i < before.size(); i++) {
            for (Key<?> key : before.get(i).section().keys()) {
                if (key.needsRestart()
                        && !before.get(i).find(key).equals(after.get(i).find(key))) {
                    names.add(before.get(i).section().name() + "." + key.name());
                }
            }
        }
        return names;
    }

    /**
     * The effective values as a file that can be read back, each with where it comes from behind it. The settings are
     * complete; of tasks and listeners there is what is said.
     */
    public String print() {
        StringBuilder text = new StringBuilder("# The configuration of a broker, and where each value comes from.\n");
        text.append(files.isEmpty() ? "# There is no file " + place.file() + ".\n" : "");
        for (Values settings : List.of(broker, limits, custody)) {
            print(settings, true, text);
        }
        declarations.forEach(declaration -> print(declaration, false, text));
        return text.toString();
    }

    private static void print(Values values, boolean whole, StringBuilder text) {
        text.append('\n').append(values.section().header()).append('\n');
        for (Key<?> key : values.section().keys()) {
            if (whole || values.has(key)) {
                print(values, key, text);
            }
        }
    }

    private static <T> void print(Values values, Key<T> key, StringBuilder text) {
        Optional<T> value = values.find(key);
        if (value.isPresent()) {
            text.append(key.name()).append(" = ").append(key.form().write(value.get()));
            text.append("  # ").append(values.origin(key)).append('\n');
        } else {
            text.append("# ")
                    .append(key.name())
                    .append(": ")
                    .append(key.defaultText())
                    .append('\n');
        }
    }
}
