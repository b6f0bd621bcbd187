package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.socketbroker.v1.GetCustodyRequest;
import io.socketbroker.v1.GetCustodyResponse;
import io.socketbroker.v1.ListTasksRequest;
import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.Task;
import io.socketbroker.v1.UnregisterTaskRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Broker and vault of a user as the shipped units, and what a test does to them. Not thread-safe. */
final class UnitBroker implements AutoCloseable {
    static final String BROKER = "socketbroker.service";
    static final String SOCKET = "socketbroker.socket";
    static final String VAULT = "socketbroker-vault.service";

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final ShippedUnits units;

    /** Starts a manager; skips the test where there can be none, or fails it where CI=true. */
    UnitBroker() throws Exception {
        units = ShippedUnits.install();
    }

    static ConditionFactory eventually(String what) {
        return Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
    }

    ShippedUnits units() {
        return units;
    }

    ProtocolClient client() {
        return new ProtocolClient(units.runtimeDirectory());
    }

    private String shippedCommand() throws IOException {
        String start = "ExecStart=";
        return Files.readAllLines(units.manager().units().resolve(BROKER)).stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElseThrow();
    }

    /** The installed command socketbroker. */
    Path program() throws IOException {
        return Path.of(shippedCommand().replaceFirst(" .*", ""));
    }

    /** The shipped command line with these options in the place of --external-vault, and more assignments of the unit. */
    void configure(String options, String... assignments) throws IOException {
        List<String> all = new ArrayList<>(
                List.of("ExecStart=", "ExecStart=" + shippedCommand().replace("--external-vault", options)));
        all.addAll(List.of(assignments));
        units.configure(BROKER, all.toArray(String[]::new));
    }

    int pid(String unit) throws Exception {
        return Integer.parseInt(units.property(unit, "MainPID"));
    }

    /** Sends a signal to the main process of a unit. */
    void signal(String unit, String signal) throws Exception {
        units.systemctl("kill", "--kill-whom=main", "--signal=" + signal, unit);
    }

    /** Whether the unit is active again, as another process. */
    boolean isSucceeded(String unit, int formerPid) throws Exception {
        int pid = pid(unit);
        return pid > 0
                && pid != formerPid
                && units.property(unit, "ActiveState").equals("active");
    }

    void awaitSuccessor(String unit, int formerPid) {
        eventually("a successor of " + unit).until(() -> isSucceeded(unit, formerPid));
    }

    /** kill -9, and another process has taken its place. */
    void killAndAwait(String unit) throws Exception {
        int pid = pid(unit);
        signal(unit, "KILL");
        awaitSuccessor(unit, pid);
    }

    /** Broker, custody and journal have all of the broker's sockets, and have so many. */
    void awaitWhole(int sockets) {
        eventually("custody is whole")
                .ignoreException(StatusRuntimeException.class)
                .untilAsserted(() -> {
                    GetCustodyResponse custody;
                    try (ProtocolClient client = client()) {
                        custody = client.admin()
                                .getCustody(GetCustodyRequest.newBuilder()
                                        .setDifferencesOnly(true)
                                        .build());
                    }
                    assertThat(custody.getTroublesList()).isEmpty();
                    assertThat(custody.getDifferences())
                            .as("differences: %s", custody.getEntriesList())
                            .isZero();
                    assertThat(custody.getBrokerSockets()).isEqualTo(sockets);
                    assertThat(custody.getCustodySockets()).isEqualTo(sockets);
                });
    }

    /** No task and no socket is left; then neither is a process. */
    void stop() throws Exception {
        units.systemctl("start", BROKER);
        try (ProtocolClient client = client()) {
            for (Task task : client.tasks()
                    .listTasks(ListTasksRequest.getDefaultInstance())
                    .getTasksList()) {
                client.tasks()
                        .unregisterTask(UnregisterTaskRequest.newBuilder()
                                .setKey(task.getKey())
                                .setSockets(SocketDisposition.SOCKET_DISPOSITION_CLOSE)
                                .build());
            }
            assertThat(client.socketIds()).isEmpty();
        }
        units.systemctl("stop", SOCKET, BROKER, VAULT);
    }

    @Override
    public void close() throws IOException {
        units.close();
    }
}
