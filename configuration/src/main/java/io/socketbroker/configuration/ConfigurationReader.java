package io.socketbroker.configuration;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the files of one configuration. Used once, by one thread; blocks while it reads. */
public final class ConfigurationReader {
    private static final int MOST_FILES = 10_000;
    private static final long MOST_FILE_BYTES = 4L << 20;

    private final ConfigurationPlace place;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private final Map<String, Values> settings = new HashMap<>();
    private final List<Values> declarations = new ArrayList<>();

    /** Those of which something is wrong already. */
    private final Set<Values> broken = new HashSet<>();

    private final List<TaskDeclaration> tasks = new ArrayList<>();
    private final List<ListenerDeclaration> listeners = new ArrayList<>();

    private ConfigurationReader(ConfigurationPlace place) {
        this.place = place;
    }

    /**
     * What the files say. A file in the default place and the folder of drop-ins need not be there.
     *
     * @throws ConfigurationException if anything is wrong, with all that is
     */
    public static Configuration read(ConfigurationPlace place) {
        return new ConfigurationReader(place).read();
    }

    private Configuration read() {
        text(place.file(), place.required()).ifPresent(text -> document(place.file(), text, true));
        for (Path dropIn : dropIns()) {
            text(dropIn, true).ifPresent(text -> document(dropIn, text, false));
        }
        for (Section section : List.of(BrokerSettings.SECTION, LimitSettings.SECTION, CustodySettings.SECTION)) {
            settings.computeIfAbsent(section.name(), _ -> new Values(section, Origin.DEFAULT));
        }
        declare();
        Values limits = settings(LimitSettings.SECTION);
        LimitSettings limitSettings = LimitSettings.of(limits, problems);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new Configuration(
                place,
                files,
                settings(BrokerSettings.SECTION),
                limits,
                settings(CustodySettings.SECTION),
                declarations,
                limitSettings,
                tasks,
                listeners);
    }

    private Values settings(Section section) {
        return settings.getOrDefault(section.name(), new Values(section, Origin.DEFAULT));
    }

    private List<Path> dropIns() {
        try (Stream<Path> all = Files.list(place.dropIns())) {
            List<Path> sorted = all.filter(path -> path.getFileName().toString().endsWith(".toml"))
                    .sorted()
                    .limit(MOST_FILES + 1L)
                    .toList();
            if (sorted.size() > MOST_FILES) {
                problem(place.dropIns(), "has more than " + MOST_FILES + " files");
            }
            return sorted;
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        } catch (IOException e) {
            problem(place.dropIns(), "cannot be read: " + e);
            return List.of();
        }
    }

    private void problem(Path file, String message) {
        problems.add(new Problem(new Origin(file.toString()), message));
    }

    private Optional<String> text(Path file, boolean required) {
        try {
            if (Files.size(file) > MOST_FILE_BYTES) {
                problem(file, "is larger than " + MOST_FILE_BYTES + " bytes");
                return Optional.empty();
            }
            String text = Files.readString(file);
            files.add(file);
            return Optional.of(text);
        } catch (NoSuchFileException e) {
            if (required) {
                problem(file, "there is no such file");
            }
        } catch (CharacterCodingException e) {
            problem(file, "is not in UTF-8");
        } catch (IOException e) {
            problem(file, "cannot be read: " + e);
        }
        return Optional.empty();
    }

    private void document(Path file, String text, boolean main) {
        if (text.isBlank()) {
            return;
        }
        Map<String, Object> document;
        try {
            document = TomlText.parse(text);
        } catch (TomlText.SyntaxException e) {
            problems.add(new Problem(new Origin(file + ":" + e.line()), "is not TOML: " + e.getMessage()));
            return;
        }
        TableReader reader = new TableReader(file, new LineIndex(text), problems);
        document.forEach((name, value) -> section(reader, name, value, main));
    }

    private void section(TableReader reader, String name, Object value, boolean main) {
        Optional<Section> known = Reference.SECTIONS.stream()
                .filter(section -> section.name().equals(name))
                .findFirst();
        if (known.isEmpty()) {
            List<String> names = Reference.SECTIONS.stream().map(Section::name).toList();
            reader.problem(
                    name,
                    "there is no table " + name
                            + Nearest.to(name, names)
                                    .map(guess -> "; did you mean " + guess + "?")
                                    .orElse("; there are " + String.join(", ", names)));
        } else if (known.get().repeated()) {
            declarations(reader, known.get(), value);
        } else if (!main) {
            reader.problem(
                    name,
                    known.get().header() + " belongs into " + place.file() + "; drop-ins have tasks and"
                            + " listeners only");
        } else if (value instanceof Map<?, ?> table) {
            settings.put(name, reader.read(known.get(), name, table));
        } else {
            reader.problem(name, name + " is a table; write " + known.get().header());
        }
    }

    private void declarations(TableReader reader, Section section, Object value) {
        List<?> all = value instanceof List<?> list ? list : List.of(value);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i) instanceof Map<?, ?> table && value instanceof List<?>) {
                int before = problems.size();
                Values values = reader.read(section, section.name() + "[" + i + "]", table);
                declarations.add(values);
                if (problems.size() > before) {
                    broken.add(values);
                }
            } else {
                reader.problem(section.name(), section.name() + " is a list of tables; write " + section.header());
                return;
            }
        }
    }

    private void declare() {
        Map<String, Origin> taskNames = new HashMap<>();
        Map<String, Origin> listenerIds = new HashMap<>();
        for (Values values : declarations) {
            boolean whole = !broken.contains(values);
            if (values.section().equals(TaskKeys.SECTION)) {
                values.said(TaskKeys.TASK_NAME).ifPresent(name -> requireNew(taskNames, "task", name, values.origin()));
                if (whole) {
                    tasks.add(TaskDeclaration.of(values, problems));
                }
            } else {
                values.said(ListenerKeys.ID).ifPresent(id -> requireNew(listenerIds, "listener", id, values.origin()));
                if (whole) {
                    listeners.add(ListenerDeclaration.of(values, problems));
                }
            }
        }
        requireAddressesOnce();
        for (ListenerDeclaration listener : listeners) {
            if (!taskNames.containsKey(listener.task())) {
                problems.add(new Problem(
                        listener.origin(),
                        "listener " + listener.id() + " wakes the task " + listener.task() + ", which is not declared"
                                + Nearest.to(listener.task(), taskNames.keySet())
                                        .map(guess -> "; did you mean " + guess + "?")
                                        .orElse("; declare it in a [[task]]")));
            }
        }
    }

    private void requireNew(Map<String, Origin> known, String what, String name, Origin origin) {
        Origin former = known.putIfAbsent(name, origin);
        if (former != null) {
            problems.add(new Problem(
                    origin, what + " " + name + " is declared at " + former + " already; rename one of them"));
        }
    }

    private void requireAddressesOnce() {
        Map<String, Origin> addresses = new HashMap<>();
        for (ListenerDeclaration listener : listeners) {
            boolean shared = listener.making().reusePort()
                    || (!listener.address().kind().isUnix()
                            && listener.address().port() == 0);
            if (!shared) {
                String address = listener.address().kind().isUnix()
                        ? listener.address().path()
                        : listener.address().toString();
                requireNew(addresses, "a listener at", address, listener.origin());
            }
        }
    }
}
