package io.socketbroker.configuration;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration is wrong; all that is wrong with it is told at once. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A list that is serializable. */
    private final transient List<Problem> problems;

    /** With at least one. */
    public ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one, in the order of files and lines. */
    public List<Problem> problems() {
        return problems;
    }
}
