package io.socketbroker.benchmarks.harness;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Options of a benchmark, "--name value", whose values are whole numbers above zero, or several with commas; and "--quick". */
public final class Options {
    private static final String QUICK = "--quick";

    private final Map<String, String> values;

    private Options(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Every option that there is, with its value if it is not given; one that has a comma takes several.
     *
     * @param full for a run whose figures are quoted
     * @param quick what differs in a run that only shows that all is well
     */
    public record Defaults(Map<String, String> full, Map<String, String> quick) {
        public Defaults {
            if (!full.keySet().containsAll(quick.keySet())) {
                throw new IllegalArgumentException("a quick run has options of its own: " + quick);
            }
        }

        private Map<String, String> values(boolean isQuick) {
            Map<String, String> values = new TreeMap<>(full);
            if (isQuick) {
                values.putAll(quick);
            }
            return values;
        }
    }

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException on an unknown option or a wrong value
     */
    public static Options parse(List<String> line, Defaults defaults) {
        List<String> arguments =
                line.stream().filter(word -> !word.equals(QUICK)).toList();
        Map<String, String> values = defaults.values(arguments.size() < line.size());
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            String name = option.startsWith("--") ? option.substring(2) : "";
            if (!values.containsKey(name) || i + 1 == arguments.size()) {
                throw new IllegalArgumentException(
                        option + " is no option, or has no value; there are " + usage(defaults.full));
            }
            values.put(name, arguments.get(i + 1));
        }
        Options options = new Options(values);
        values.keySet().forEach(options::numbers);
        defaults.full.forEach((name, value) -> {
            if (!value.contains(",")) {
                options.number(name);
            }
        });
        return options;
    }

    private static String usage(Map<String, String> defaults) {
        StringBuilder usage = new StringBuilder();
        defaults.forEach(
                (name, value) -> usage.append(" --").append(name).append(' ').append(value));
        return usage.append(' ').append(QUICK).substring(1);
    }

    /** The only number of an option. */
    public int number(String name) {
        List<Integer> numbers = numbers(name);
        if (numbers.size() != 1) {
            throw new IllegalArgumentException("--" + name + " takes one number");
        }
        return numbers.getFirst();
    }

    /** One or more. */
    public List<Integer> numbers(String name) {
        String value = values.getOrDefault(name, "");
        try {
            List<Integer> numbers =
                    Stream.of(value.split(",", -1)).map(Integer::valueOf).toList();
            if (numbers.stream().allMatch(number -> number > 0)) {
                return numbers;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalArgumentException("--" + name + " takes numbers above zero, not '" + value + "'");
    }

    /** As on a command line. */
    @Override
    public String toString() {
        return usage(values).replace(" " + QUICK, "");
    }
}
