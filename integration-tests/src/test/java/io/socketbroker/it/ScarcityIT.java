package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ErrorReason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A broker that has too little of something refuses what is new in words, serves what it has, and recovers by itself. */
final class ScarcityIT {
    private static final int CONTEXT_BYTES = 60 * 1_024;
    private static final int MOST_TRANSFERS = 500;

    /** Parks connections until one is refused; gives those that are parked, and the refused one last. */
    private static List<Link> parkUntilRefused(ProtocolClient client, List<Refusal> refusals, ByteString context) {
        List<Link> links = new ArrayList<>();
        while (refusals.isEmpty()) {
            assertThat(links).hasSizeLessThan(MOST_TRANSFERS);
            Link link = Link.unix(Sockets.SOCK_STREAM);
            links.add(link);
            var item = ProtocolClient.item("lines", "s" + links.size()).setContext(context);
            try {
                client.park(link.mine(), item);
            } catch (StatusRuntimeException e) {
                refusals.add(Refusal.of(() -> {
                    throw e;
                }));
            }
        }
        return links;
    }

    private static void expectServed(List<Link> links) {
        links.forEach(link -> link.peer().send("hello\n"));
        links.forEach(link -> assertThat(link.peer().readLine()).isEqualTo("got hello"));
    }

    @Test
    void shouldSayThatFiftyOpenFilesAreTooFew() throws Exception {
        try (KeptBroker kept = new KeptBroker();
                Link link = Link.tcp()) {
            try (ProtocolClient client = kept.client()) {
                client.register("lines", Specs.lineAnswerer());
                client.park(link.mine(), "lines", "s");
            }
            kept.kill();
            try (BrokerProcess refused = BrokerProcess.launchKeeping(kept.home(), "prlimit", "--nofile=50:50")) {
                assertThat(refused.exitStatus()).isEqualTo(1);
                assertThat(String.join("\n", refused.log().complete()))
                        .contains("the limit of open files is 50", "raise it");
            }
            kept.restart();
            expectServed(List.of(link));
        }
    }

    @Test
    void shouldRefuseSocketsThatTwoHundredOpenFilesHaveNoRoomFor() throws Exception {
        List<Link> links = new ArrayList<>();
        try (KeptBroker kept = new KeptBroker("prlimit", "--nofile=200:200")) {
            List<Refusal> refusals = new ArrayList<>();
            try (ProtocolClient client = kept.client()) {
                client.register("lines", Specs.lineAnswerer());
                links.addAll(parkUntilRefused(client, refusals, ByteString.EMPTY));
                assertThat(refusals.getFirst().code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                assertThat(refusals.getFirst().reason()).isEqualTo("LIMIT_REACHED");
                assertThat(refusals.getFirst().metadata()).containsEntry("limit", "sockets");
                links.removeLast().exchange();
                expectServed(links);
            }
            kept.kill();
            links.forEach(link -> link.peer().send("again\n"));
            kept.restart();
            links.forEach(link -> assertThat(link.peer().readLine()).isEqualTo("got again"));
            try (ProtocolClient client = kept.client()) {
                FaultStep.close(client, "s1");
                links.removeFirst().peer().expectEnd();
                Link another = Link.unix(Sockets.SOCK_STREAM);
                links.add(another);
                client.park(another.mine(), "lines", "another");
                expectServed(links);
            }
            kept.expectNothingLeaked(links.size());
        } finally {
            links.forEach(Link::close);
        }
    }

    private static String[] onSmallDisk(Path folder, String size) {
        return new String[] {
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mkdir -p " + folder + " && mount -t tmpfs -o mode=700,size=" + size + " tmpfs " + folder
                    + " && exec \"$@\"",
            "sh"
        };
    }

    private static boolean canMount(Path folder) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(onSmallDisk(folder, "1m")));
        command.add("true");
        boolean can = new ProcessBuilder(command).start().waitFor() == 0;
        if (!"true".equals(System.getenv("CI"))) {
            Assumptions.assumeTrue(can, "no file system can be mounted here");
        }
        return can;
    }

    /** Fills the disk that only the broker sees, see proc_pid_root(5). */
    private static Path fill(BrokerProcess broker, Path folder) throws IOException {
        Path file = Path.of("/proc/" + broker.pid() + "/root" + folder + "/filler");
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] piece = new byte[1_024];
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1 << 20; i++) {
                            out.write(piece);
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left");
        }
        return file;
    }

    @Test
    void shouldRefuseWhatAFullDiskCannotKeep() throws Exception {
        Path folder = BrokerProcess.newHome();
        List<Link> links = new ArrayList<>();
        assertThat(canMount(folder)).isTrue();
        try (KeptBroker kept = KeptBroker.withState(folder, onSmallDisk(folder, "24m"));
                ProtocolClient client = kept.client()) {
            client.register("lines", Specs.lineAnswerer());
            Link first = Link.tcp();
            links.add(first);
            client.park(first.mine(), "lines", "first");
            Conversation conversation = new Conversation(first.peer());
            Path filler = fill(kept.process(), folder);

            List<Refusal> refusals = new ArrayList<>();
            links.addAll(parkUntilRefused(client, refusals, ByteString.copyFrom(new byte[CONTEXT_BYTES])));
            assertThat(refusals.getFirst().reason()).isEqualTo("STORE_UNAVAILABLE");
            links.getLast().exchange();
            var framed =
                    ProtocolClient.item("lines", "refused").setContext(ByteString.copyFrom(new byte[CONTEXT_BYTES]));
            assertThat(client.fdSock()
                            .transfer(framed, links.getLast().mine().fd())
                            .getError()
                            .getReason())
                    .isEqualTo(ErrorReason.ERROR_REASON_STORE_UNAVAILABLE);
            links.getLast().exchange();
            Refusal.of(() -> client.register("new", Specs.lineAnswerer()))
                    .expect(refusals.getFirst().code(), "STORE_UNAVAILABLE", "");
            Refusal.of(() -> client.task("new")).expect(Code.NOT_FOUND, "TASK_UNKNOWN", "key");
            for (int i = 0; i < 3; i++) {
                conversation.say().hearAll();
            }

            Files.delete(filler);
            Link refused = links.getLast();
            Awaitility.await("the store takes transfers again")
                    .atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                    .until(() -> !client.transfer(refused.mine().fd(), ProtocolClient.item("lines", "refused"))
                            .getKey()
                            .getSocketId()
                            .isEmpty());
            refused.mine().close();
            expectServed(links);
            client.register("new", Specs.lineAnswerer());
        } finally {
            links.forEach(Link::close);
            BrokerProcess.delete(folder);
        }
    }
}
