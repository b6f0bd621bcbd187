package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Io;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.TaskKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** A program of its own with a session, that obeys one command a line on its standard input; see {@link RunningSession}. */
final class SessionProgram {
    private final AttachedSession session;
    private FdConnection.Answer delivered = new FdConnection.Answer(FdFrame.getDefaultInstance(), List.of());

    private SessionProgram(AttachedSession session) {
        this.session = session;
    }

    /** The runtime folder of the broker and the name of the task. */
    public static void main(String[] args) throws IOException {
        SessionProgram program = new SessionProgram(AttachedSession.started(
                Path.of(args[0]), TaskKey.newBuilder().setName(args[1]).build(), 10));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(program.obey(line.split(" ", -1)));
        }
    }

    private Fd socket() {
        return delivered.descriptors().getFirst().fd();
    }

    private String obey(String[] words) {
        return switch (words[0]) {
            case "attached" -> "ok";
            case "hello" -> {
                session.hello();
                yield "ok";
            }
            case "receive" -> {
                delivered = session.unacknowledged();
                yield "attempt "
                        + delivered
                                .frame()
                                .getDelivery()
                                .getActivation()
                                .getSockets(0)
                                .getTrigger()
                                .getAttempt();
            }
            case "acknowledge" -> {
                assertThat(session.acknowledge(delivered.frame().getDelivery()).hasReleased())
                        .isTrue();
                yield "ok";
            }
            case "read" -> {
                byte[] bytes = new byte[Integer.parseInt(words[1])];
                int count = Io.read(socket(), bytes);
                yield HexFormat.of().formatHex(Arrays.copyOf(bytes, count));
            }
            case "write" -> {
                byte[] bytes = HexFormat.of().parseHex(words[1]);
                assertThat(Io.write(socket(), bytes, 0, bytes.length)).isEqualTo(bytes.length);
                yield "ok";
            }
            default -> throw new IllegalArgumentException(words[0]);
        };
    }
}
