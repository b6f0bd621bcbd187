package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.DescriptorChannel.Received;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens at the limit of open files, in a JVM of its own. */
final class DescriptorLimitTest {

    @Test
    void shouldReportLostDescriptorsAndFailuresAtTheLimit() throws Exception {
        assertThat(ForkedJvm.run(ForkedJvm.command(LimitMain.class, List.of())))
                .containsExactly(
                        "received 20 truncated false",
                        "rehearsal: posix_spawn EBADF",
                        "received 5 truncated true",
                        "received 0 truncated true",
                        "open: socket EMFILE",
                        "accept: accept4 EMFILE",
                        "duplicate: fcntl(F_DUPFD_CLOEXEC) EMFILE",
                        "spawn: pidfd_open EMFILE",
                        "children 0",
                        "accepted later true");
    }

    /** Fills its table of descriptors but for some. */
    static final class LimitMain {
        private LimitMain() {}

        public static void main(String[] arguments) {
            try (var pair = Sockets.pair(Sockets.SOCK_SEQPACKET);
                    var pipe = Pipes.create();
                    var listener = Sockets.listenTcp(Failures.LOOPBACK_4, 4);
                    var client = Sockets.connectTcp(Failures.local(listener));
                    var channel = new DescriptorChannel(16)) {
                var twenty = Collections.nCopies(20, pipe.writeEnd().fd());
                var request = Children.shell("exec sleep 100");
                rehearse(pair, channel, twenty);
                for (int i = 0; i < 2; i++) {
                    channel.send(pair.first().fd(), new byte[1], twenty);
                }
                var limit = ResourceLimits.openFiles();
                ResourceLimits.setOpenFiles(100, limit.hard());
                var filling = fill(pipe.readEnd());
                filling.subList(0, 5).forEach(OwnedFd::close);
                report(channel, pair);
                var refilling = fill(pipe.readEnd());
                report(channel, pair);
                failure(
                        "open: ",
                        () -> Sockets.open(Sockets.AF_INET, Sockets.SOCK_STREAM, 0)
                                .close());
                failure("accept: ", () -> Sockets.accept(listener.fd(), true).ifPresent(OwnedFd::close));
                failure("duplicate: ", () -> client.duplicate().close());
                failure("spawn: ", () -> Spawner.spawn(request).pidfd().close());
                filling.forEach(OwnedFd::close);
                refilling.forEach(OwnedFd::close);
                ResourceLimits.setOpenFiles(limit.soft(), limit.hard());
                System.out.println(
                        "children " + ProcessHandle.current().children().count());
                var accepted = Sockets.accept(listener.fd(), true);
                System.out.println("accepted later " + accepted.isPresent());
            }
        }

        /** Loads all classes while jar files can be opened. */
        private static void rehearse(Sockets.Pair pair, DescriptorChannel channel, List<Fd> descriptors) {
            channel.send(pair.first().fd(), new byte[1], descriptors);
            report(channel, pair);
            Children.assertEndsWell(Spawner.spawn(Children.shell("exit 0")));
            LibcProcess.KILL.call(Integer.MAX_VALUE, 0);
            failure(
                    "rehearsal: ",
                    () -> Spawner.spawn(Children.shell("", new SpawnRequest.Mapping(Failures.NOT_OPEN, 0))));
        }

        private static List<OwnedFd> fill(OwnedFd source) {
            var filling = new ArrayList<OwnedFd>();
            try {
                while (true) {
                    filling.add(source.duplicate());
                }
            } catch (LinuxException e) {
                return filling;
            }
        }

        private static void report(DescriptorChannel channel, Sockets.Pair pair) {
            try (var message = (Received.Message) channel.receive(pair.second().fd())) {
                System.out.println(
                        "received " + message.descriptors().size() + " truncated " + message.descriptorsTruncated());
            }
        }

        private static void failure(String what, Runnable call) {
            try {
                call.run();
                System.out.println(what + "no failure");
            } catch (LinuxException e) {
                System.out.println(what + e.call() + " " + e.errnoName());
            }
        }
    }
}
