package io.socketbroker.configuration;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads the tables of one file and collects what is wrong with them. Confined to one thread. */
final class TableReader {
    private final Path file;
    private final LineIndex lines;
    private final List<Problem> problems;

    TableReader(Path file, LineIndex lines, List<Problem> problems) {
        this.file = file;
        this.lines = lines;
        this.problems = problems;
    }

    /** The line of a key or table such as "task[0].command". */
    Origin at(String path) {
        return new Origin(file + ":" + lines.lineOf(path));
    }

    void problem(String path, String message) {
        problems.add(new Problem(at(path), message));
    }

    /** The values of a table; what is wrong is left out of them. */
    Values read(Section section, String path, Map<?, ?> table) {
        Values values = new Values(section, at(path));
        table.forEach((name, value) -> {
            String place = path + "." + name;
            section.keys().stream()
                    .filter(key -> key.name().equals(name))
                    .findFirst()
                    .ifPresentOrElse(
                            key -> read(values, key, place, value),
                            () -> problem(place, unknown(section, String.valueOf(name))));
        });
        for (Key<?> key : section.keys()) {
            if (key.isRequired() && !table.containsKey(key.name())) {
                problem(
                        path,
                        section.header() + " has no " + key.name() + ": write "
                                + key.form().allowed());
            }
        }
        return values;
    }

    private <T> void read(Values values, Key<T> key, String place, Object value) {
        try {
            values.put(key, key.form().read(value), at(place));
        } catch (IllegalArgumentException e) {
            String why = String.valueOf(e.getMessage());
            problem(
                    place,
                    key.name() + " = " + Shown.of(value) + (why.isEmpty() ? " is not allowed" : ": " + why) + "; write "
                            + key.form().allowed());
        }
    }

    private static String unknown(Section section, String name) {
        List<String> known = section.keys().stream().map(Key::name).toList();
        return "there is no key " + name + " in " + section.header()
                + Nearest.to(name, known)
                        .map(guess -> "; did you mean " + guess + "?")
                        .orElse("; its keys are " + String.join(", ", known));
    }
}
