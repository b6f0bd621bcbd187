package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.linux.Users;
import io.socketbroker.v1.AdminServiceGrpc;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.GetStatusRequest;
import io.socketbroker.v1.GetStatusResponse;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.WatchEventsRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The daemon as an operator sees it: start, stop, health, events. */
final class DaemonIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    @Test
    void shouldRefuseAFolderThatAnotherDaemonServes() throws Exception {
        try (BrokerProcess second = BrokerProcess.launchIn(broker.home())) {
            assertThat(second.exitStatus()).isEqualTo(1);
            assertThat(second.log().complete())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "socketbroker: cannot start: " + broker.process().runtimeDirectory())
                    .contains("another broker serves here")
                    .contains("--runtime-dir");
            assertThat(broker.client().socketIds()).isEmpty();
        } finally {
            assertThat(broker.process().isAlive()).isTrue();
        }
    }

    /** Native libraries are in jars: they cannot be loaded from there. */
    @Test
    void shouldEndIfItCannotUnpackItsLibraries() {
        String noFolder = "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=/proc";
        assertThatIllegalStateException()
                .isThrownBy(() -> BrokerProcess.start("env", noFolder).close())
                .withMessageContaining("the daemon ended at its start")
                .withMessageContaining("socketbroker: cannot start: ")
                .withMessageContaining("native libraries are unpacked to /proc, which must be writable");
    }

    @Test
    void shouldReplaceTheSocketsOfADaemonThatWasKilled() throws Exception {
        try (BrokerProcess killed = BrokerProcess.start()) {
            killed.kill();
            assertThat(killed.runtimeDirectory().resolve("fd.sock")).exists();
            try (BrokerProcess next = BrokerProcess.startIn(killed.home())) {
                try (ProtocolClient client = new ProtocolClient(next.runtimeDirectory())) {
                    assertThat(client.socketIds()).isEmpty();
                }
                next.stop();
            }
        }
    }

    @Test
    void shouldStopInOrder() throws Exception {
        try (BrokerProcess daemon = BrokerProcess.start();
                Puppets puppets = new Puppets(daemon.home());
                ProtocolClient client = new ProtocolClient(daemon.runtimeDirectory());
                Link parked = Link.tcp();
                Link released = Link.tcp();
                Link leased = Link.tcp()) {
            client.register("close", puppets.spec(Specs.always(ExitAction.EXIT_ACTION_CLOSE)));
            client.register("rearm", puppets.spec(Specs.rearm()));
            client.park(parked.mine(), "rearm", "parked");
            client.park(released.mine(), "close", "released");
            released.peer().send("hello");
            Puppet owner = puppets.next();
            client.park(leased.mine(), "rearm", "leased");
            leased.peer().send("hello");
            Puppet holder = puppets.next();
            // A client that is connected does not hold up the end; nobody holds the parked connection after it.
            client.admin().getStatus(GetStatusRequest.getDefaultInstance());
            daemon.stop();
            parked.peer().expectEnd();
            owner.expectReceived("hello");
            owner.send("goes on");
            assertThat(released.peer().read(7)).isEqualTo("goes on");
            holder.expectReceived("hello");
            holder.send("goes on");
            assertThat(leased.peer().read(7)).isEqualTo("goes on");
            owner.exit(0);
            holder.exit(0);
            released.peer().expectEnd();
            leased.peer().expectEnd();
        }
    }

    @Test
    void shouldLetInEveryUserOnlyIfItIsRoots() throws Exception {
        Path runtimeDirectory = broker.process().runtimeDirectory();
        boolean root = Users.uid() == 0;
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(runtimeDirectory)))
                .isEqualTo(root ? "rwxr-xr-x" : "rwx------");
        for (String name : new String[] {"grpc.sock", "fd.sock"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(runtimeDirectory.resolve(name))))
                    .isEqualTo(root ? "rw-rw-rw-" : "rw-------");
        }
    }

    @Test
    void shouldAnswerHealthAndReflection() throws Exception {
        ProtocolClient client = broker.client();
        assertThat(HealthGrpc.newBlockingStub(client.channel())
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        BlockingQueue<ServerReflectionResponse> answers = new ArrayBlockingQueue<>(4);
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(client.channel())
                .serverReflectionInfo(new Collector<>(answers, answer -> answer));
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        ServerReflectionResponse answer = answers.poll(10, TimeUnit.SECONDS);
        requests.onCompleted();
        assertThat(answer).isNotNull();
        assertThat(answer.getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains(
                        "socketbroker.v1.TaskService",
                        "socketbroker.v1.SocketService",
                        "socketbroker.v1.SessionService",
                        "socketbroker.v1.AdminService",
                        "grpc.health.v1.Health");
    }

    @Test
    void shouldTellItsStatus() {
        ProtocolClient client = broker.client();
        client.register("task", Specs.command("/bin/cat"));
        client.park(broker.link().mine(), "task", "s");
        GetStatusResponse status = client.admin().getStatus(GetStatusRequest.getDefaultInstance());
        assertThat(status.getPid()).isEqualTo(broker.process().pid());
        assertThat(status.getUid()).isEqualTo(Users.uid());
        assertThat(status.getTasks()).isEqualTo(1);
        assertThat(status.getSocketsByStateMap()).containsOnly(Map.entry("PARKED", 1));
        assertThat(status.getCustody()).isEqualTo("none");
        assertThat(status.getLimitsList())
                .filteredOn(limit -> limit.getName().equals("sockets"))
                .singleElement()
                .satisfies(limit -> assertThat(limit.getUsed()).isEqualTo(1));
    }

    @Test
    void shouldFollowTheStoryInEvents() throws Exception {
        ProtocolClient client = broker.client();
        long before = EventLog.of(client).events().stream()
                .mapToLong(Event::getSequence)
                .max()
                .orElse(0);
        BlockingQueue<Event> story = new ArrayBlockingQueue<>(100);
        try (ProtocolClient watcher = new ProtocolClient(broker.process().runtimeDirectory())) {
            AdminServiceGrpc.newStub(watcher.channel())
                    .watchEvents(
                            WatchEventsRequest.newBuilder()
                                    .setFollow(true)
                                    .setAfterSequence(before)
                                    .build(),
                            new Collector<>(story, response -> response.getEvent()));
            Link link = broker.link();
            client.register("task", broker.puppets().spec(Specs.rearm()));
            client.park(link.mine(), "task", "s");
            link.peer().send("hello");
            Puppet handler = broker.puppets().next();
            handler.expectReceived("hello");
            handler.complete(LeaseOutcome.LEASE_OUTCOME_RETURNED);
            handler.exit(3);
            List<String> types = new ArrayList<>();
            long last = before;
            while (!types.contains("HANDLER_EXITED")) {
                Event event = story.poll(10, TimeUnit.SECONDS);
                assertThat(event).as("next event after %s", types).isNotNull();
                assertThat(event.getSequence()).isEqualTo(last + 1);
                last = event.getSequence();
                types.add(EventLog.type(event));
                if (event.getType() == EventType.EVENT_TYPE_HANDLER_STARTED) {
                    assertThat(event.getPid()).isEqualTo(handler.pid());
                    assertThat(event.getSocket().getSocketId()).isEqualTo("s");
                    assertThat(event.getTask().getName()).isEqualTo("task");
                }
            }
            assertThat(types)
                    .containsExactly(
                            "TASK_REGISTERED",
                            "SOCKET_TRANSFERRED",
                            "SOCKET_TRIGGERED",
                            "HANDLER_STARTED",
                            "LEASE_COMPLETED",
                            "SOCKET_PARKED",
                            "HANDLER_EXITED");
            try (OwnedFd back = client.reclaim("s").descriptor()) {
                assertThat(EventLog.type(Objects.requireNonNull(story.poll(10, TimeUnit.SECONDS))))
                        .isEqualTo("SOCKET_RELEASED");
                assertThat(Sockets.peerEndpoint(back.fd())).isPresent();
            }
        }
    }
}
