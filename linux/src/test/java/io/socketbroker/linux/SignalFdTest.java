package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SIGHUP as something to read, in a JVM that was started for it. */
final class SignalFdTest {

    @Test
    void shouldReadASignalThatWasBlockedBeforeTheJvmBegan() throws Exception {
        var command = new ArrayList<>(List.of("env", "--ignore-signal=HUP", "--block-signal=HUP"));
        command.addAll(ForkedJvm.command(SignalMain.class, List.of()));
        assertThat(ForkedJvm.run(command))
                .containsExactly("opened true", "got SIGHUP", "got SIGHUP", "0000000000000000 0000000000000000");
    }

    @Test
    void shouldNotOpenOneThatWouldGoElsewhere() throws Exception {
        assertThat(ForkedJvm.run(ForkedJvm.command(SignalMain.class, List.of())))
                .containsExactly("opened false");
        assertThat(ForkedJvm.run(ForkedJvm.underIgnoringShell(ForkedJvm.command(SignalMain.class, List.of()))))
                .containsExactly("opened false");
    }

    /** Sends itself the signal, and looks what a child inherits. */
    static final class SignalMain {
        private SignalMain() {}

        public static void main(String[] arguments) throws Exception {
            var opened = SignalFd.open(Signals.SIGHUP);
            System.out.println("opened " + opened.isPresent());
            if (opened.isEmpty()) {
                return;
            }
            try (var signals = opened.get();
                    var self = PidFd.open((int) ProcessHandle.current().pid())) {
                for (int i = 0; i < 2; i++) {
                    PidFd.sendSignal(self.fd(), Signals.SIGHUP);
                    signals.await();
                    System.out.println("got SIGHUP");
                }
            }
            System.out.println(inherited());
        }

        private static String inherited() throws Exception {
            try (var pipe = Pipes.create()) {
                var process = Spawner.spawn(Children.cat(
                        List.of(new SpawnRequest.Mapping(pipe.readEnd().fd(), 0))));
                var masks = Children.status(process.pid(), "SigBlk") + " " + Children.status(process.pid(), "SigIgn");
                pipe.writeEnd().close();
                Children.assertEndsWell(process);
                return masks;
            }
        }
    }
}
