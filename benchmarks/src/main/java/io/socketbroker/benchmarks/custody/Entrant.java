package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.Contender;
import io.socketbroker.benchmarks.harness.JavaProgram;
import io.socketbroker.benchmarks.harness.Measured;
import io.socketbroker.benchmarks.harness.Report;
import io.socketbroker.benchmarks.harness.Role;
import io.socketbroker.benchmarks.harness.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A contender's program, which is a {@link CustodyProgram}.
 *
 * @param mostHeld it takes no part where more are held
 */
record Entrant(Role role, String name, JavaProgram program, int mostHeld) {

    static Entrant of(Workshop workshop, Role role, String name, String... arguments) throws IOException {
        JavaProgram program = JavaProgram.start(workshop, CustodyProgram.class, arguments);
        return new Entrant(role, name, program, Integer.MAX_VALUE);
    }

    static Entrant floor(Workshop workshop) throws IOException {
        Path socket = workshop.folder().resolve("floor");
        JavaProgram.start(workshop, FloorHolder.class, socket.toString()).hear();
        return of(workshop, Role.FLOOR, "floor: SEQPACKET + answer", "floor", socket.toString());
    }

    static Entrant s6(Workshop workshop, S6Daemon daemon) throws IOException {
        String socket = daemon.socket().toString();
        return of(workshop, Role.RIVAL, "s6-fdholderd, one connection", "s6", socket);
    }

    /** Those that take part while so many are held, which they are then. */
    static List<Entrant> fill(List<Entrant> entrants, int held, Report report) throws IOException {
        List<Entrant> ready = new ArrayList<>();
        for (Entrant entrant : entrants) {
            if (held <= entrant.mostHeld) {
                entrant.program.say("fill " + held);
                entrant.program.hear();
                ready.add(entrant);
            } else {
                report.note("WITHOUT " + entrant.name + " at " + held + " held: at most " + entrant.mostHeld);
            }
        }
        return ready;
    }

    /** Takes turns, each of which is a command. */
    Contender taking(String command) {
        return () -> {
            program.say(command);
            List<Long> nanos =
                    Stream.of(program.hear().split(" ", -1)).map(Long::valueOf).toList();
            return List.of(Measured.of(role, name, nanos));
        };
    }

    static List<Contender> taking(List<Entrant> entrants, String command) {
        return entrants.stream().map(entrant -> entrant.taking(command)).toList();
    }

    /** For a list. */
    static void addS6(List<Entrant> entrants, Workshop workshop, Report report) throws IOException {
        Optional<S6Daemon> daemon = S6Daemon.start(workshop, report, "s6");
        if (daemon.isPresent()) {
            entrants.add(s6(workshop, daemon.get()));
        }
    }
}
