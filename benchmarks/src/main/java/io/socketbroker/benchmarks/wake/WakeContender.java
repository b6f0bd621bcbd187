package io.socketbroker.benchmarks.wake;

import io.socketbroker.benchmarks.harness.BrokerProcess;
import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Measured;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A {@link WakeProgram} that gets its turns from here. */
final class WakeContender implements Contender {
    private final Role role;
    private final String name;
    private final JavaProgram program;
    private final String command;

    private WakeContender(Role role, String name, JavaProgram program, String command) {
        this.role = role;
        this.name = name;
        this.program = program;
        this.command = command;
    }

    /** The same program, with other turns. Its name must not be the same in one table. */
    WakeContender taking(String otherCommand) {
        return new WakeContender(role, name, program, otherCommand);
    }

    /**
     * The floor, with a watcher of its own.
     *
     * @param batch descriptors in one message at most
     * @param command what a turn is
     */
    static WakeContender floor(Workshop workshop, String name, int sockets, int batch, String command)
            throws IOException {
        Path path = workshop.folder().resolve("floor-" + batch);
        JavaProgram watcher = JavaProgram.start(workshop, FloorWatcher.class, path.toString(), String.valueOf(batch));
        watcher.hear();
        return program(workshop, name, command, "floor", path, sockets, watcher.pid(), 0);
    }

    /** Frames on fd.sock. */
    static WakeContender raw(Workshop workshop, String name, int sockets, BrokerProcess broker, String command)
            throws IOException {
        return program(workshop, name, command, "raw", broker.runtimeDirectory(), sockets, broker.pid(), 0);
    }

    /** The SDK. */
    static WakeContender sdk(
            Workshop workshop, String name, int sockets, BrokerProcess broker, int credit, String command)
            throws IOException {
        return program(workshop, name, command, "sdk", broker.runtimeDirectory(), sockets, broker.pid(), credit);
    }

    private static WakeContender program(
            Workshop workshop,
            String name,
            String command,
            String kind,
            Path path,
            int sockets,
            long watcher,
            int credit)
            throws IOException {
        JavaProgram program = JavaProgram.start(
                workshop,
                WakeProgram.class,
                kind,
                path.toString(),
                String.valueOf(sockets),
                String.valueOf(watcher),
                String.valueOf(credit));
        program.hear();
        return new WakeContender(kind.equals("floor") ? Role.FLOOR : Role.OURS, name, program, command);
    }

    @Override
    public List<Measured> run() throws IOException {
        program.say(command);
        return Stream.of(program.hear().split("\\|", -1)).map(this::measured).toList();
    }

    private Measured measured(String row) {
        String[] fields = row.split(";", -1);
        List<Long> nanos =
                Stream.of(fields[2].split(" ", -1)).map(Long::valueOf).toList();
        return new Measured(role, name + fields[0], nanos, Integer.parseInt(fields[1]));
    }
}
