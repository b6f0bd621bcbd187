package io.socketbroker.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** Program, argv and envp as C strings. Lives as long as its arena. */
record ProgramArguments(MemorySegment program, MemorySegment argv, MemorySegment envp) {

    static ProgramArguments allocate(
            Arena arena, String program, List<String> arguments, Map<String, String> environment) {
        var variables = environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
        return new ProgramArguments(
                arena.allocateFrom(program), pointers(arena, arguments), pointers(arena, variables));
    }

    /** An array of pointers to C strings with a null pointer at its end. */
    private static MemorySegment pointers(Arena arena, List<String> strings) {
        var array = arena.allocate(ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(strings.get(i)));
        }
        return array;
    }

    static void check(String program, List<String> arguments, Map<String, String> environment) {
        checkString("program", program);
        if (!program.startsWith("/")) {
            throw new IllegalArgumentException("the program must be an absolute path: " + program);
        }
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("arguments include argv[0], so they are not empty: " + program);
        }
        arguments.forEach(argument -> checkString("argument", argument));
        environment.forEach((name, value) -> {
            checkString("variable", name);
            checkString("variable " + name, value);
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                throw new IllegalArgumentException("not the name of a variable: '" + name + "'");
            }
        });
    }

    /** A C string would end at the zero character in silence. */
    static void checkString(String what, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " with a zero character: " + value.replace('\0', '?'));
        }
    }
}
