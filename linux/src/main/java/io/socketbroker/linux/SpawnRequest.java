package io.socketbroker.linux;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link Spawner} starts. Immutable; strings are passed on in UTF-8.
 *
 * @param program absolute path of an executable file; PATH is not searched
 * @param arguments argv, including argv[0]
 * @param environment the whole environment of the child
 * @param descriptors what the child finds on which number, each target once
 * @param workingDirectory the caller's own if empty
 * @param newSession whether the child leads a session of its own (setsid(2))
 */
public record SpawnRequest(
        String program,
        List<String> arguments,
        Map<String, String> environment,
        List<Mapping> descriptors,
        Optional<String> workingDirectory,
        boolean newSession) {

    /**
     * One descriptor of the child.
     *
     * @param source a descriptor of this process, which keeps it
     * @param target its number in the child, from 0
     */
    public record Mapping(Fd source, int target) {
        public Mapping {
            if (target < 0) {
                throw new IllegalArgumentException("a descriptor is not negative: " + target);
            }
        }
    }

    /**
     * Checks the request.
     *
     * @throws IllegalArgumentException on a relative program, empty arguments, a target given twice, a zero character
     *     in any string, or a variable whose name is empty or has an equals sign
     */
    public SpawnRequest {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        descriptors = List.copyOf(descriptors);
        ProgramArguments.check(program, arguments, environment);
        checkTargets(descriptors);
        workingDirectory.ifPresent(directory -> ProgramArguments.checkString("working directory", directory));
    }

    static void checkTargets(List<Mapping> descriptors) {
        var targets = new HashSet<Integer>();
        for (Mapping mapping : descriptors) {
            if (!targets.add(mapping.target())) {
                throw new IllegalArgumentException("two descriptors for target " + mapping.target());
            }
        }
    }
}
