package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.v1.LaunchStyle;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The table of what happens when broker or vault die as by kill -9 at each step: one owner of each socket, no byte lost or
 * doubled, no descriptor leaked, a client's unacknowledged socket still the client's, others served.
 */
final class FailPointsIT {
    private static final FaultStep.Kind TRANSFER = FaultStep.Transferring::inTwo;
    private static final FaultStep.Kind TRANSFER_FRAME = FaultStep.Transferring::whole;
    private static final FaultStep.Kind ACCEPT = FaultStep.Accepting::served;
    private static final FaultStep.Kind ACCEPT_LOST = FaultStep.Accepting::lost;
    private static final FaultStep.Kind WAKE = FaultStep.Waking::new;
    private static final FaultStep.Kind LET_GO = FaultStep.LettingGo::new;
    private static final FaultStep.Kind RECLAIM = FaultStep.Reclaiming::new;
    private static final FaultStep.Kind CLOSE = FaultStep.Closing::new;
    private static final FaultStep.Kind REGISTER = FaultStep.Registering::new;
    private static final FaultStep.Kind CLAIM = FaultHandlers.Claiming::new;
    private static final FaultStep.Kind DELIVER = FaultHandlers.Delivering::new;

    /** Where, in which step, and how often the point is passed before. */
    record Row(FailPoint point, String stepName, FaultStep.Kind step, int passage) {
        Row(FailPoint point, String stepName, FaultStep.Kind step) {
            this(point, stepName, step, 1);
        }

        String name() {
            return point.name() + ":" + passage;
        }

        @Override
        public String toString() {
            return name() + " in " + stepName;
        }
    }

    private static FaultStep.Kind start(LaunchStyle style) {
        return bench -> new FaultHandlers.Starting(bench, style);
    }

    private static final List<FailPoint> IN_TRANSFER = List.of(
            FailPoint.TRANSFER_ADOPTED,
            FailPoint.TRANSFER_BOUND,
            FailPoint.TRANSFER_PUT,
            FailPoint.TRANSFER_KEPT,
            FailPoint.TRANSFER_WATCHED,
            FailPoint.TRANSFER_REPLIED,
            FailPoint.JOURNAL_WRITING,
            FailPoint.JOURNAL_WRITTEN);

    static final List<Row> IN_SERVICE = Stream.of(
                    Stream.of(FailPoint.DEPOSIT_RECEIVED, FailPoint.DEPOSIT_ANSWERED)
                            .map(point -> new Row(point, "transfer", TRANSFER)),
                    IN_TRANSFER.stream().map(point -> new Row(point, "transfer", TRANSFER)),
                    IN_TRANSFER.stream().map(point -> new Row(point, "transfer in one frame", TRANSFER_FRAME)),
                    Stream.of(new Row(FailPoint.ACCEPT_TAKEN, "accept", ACCEPT_LOST)),
                    Stream.of(
                            new Row(FailPoint.ACCEPT_PUT, "accept", ACCEPT),
                            new Row(FailPoint.JOURNAL_WRITTEN, "accept", ACCEPT)),
                    Stream.of(
                                    FailPoint.WAKE_REPORTED,
                                    FailPoint.LAUNCH_DECIDED,
                                    FailPoint.HANDLER_SPAWNING,
                                    FailPoint.HANDLER_SPAWNED,
                                    FailPoint.HANDLER_KNOWN,
                                    FailPoint.HANDLER_EXITED,
                                    FailPoint.HANDLER_SETTLED)
                            .map(point -> new Row(point, "wake", WAKE)),
                    Stream.of(
                                    FailPoint.LAUNCH_DECIDED,
                                    FailPoint.HANDLER_SPAWNING,
                                    FailPoint.HANDLER_SPAWNED,
                                    FailPoint.HANDLER_KNOWN,
                                    FailPoint.CLOSE_DECIDED,
                                    FailPoint.CLOSE_DROPPED,
                                    FailPoint.CLOSE_DONE)
                            .map(point -> new Row(point, "letting go", LET_GO)),
                    Stream.of(
                                    LaunchStyle.LAUNCH_STYLE_CLAIM,
                                    LaunchStyle.LAUNCH_STYLE_SOCKET,
                                    LaunchStyle.LAUNCH_STYLE_LISTEN_FDS)
                            .map(style -> new Row(FailPoint.HANDLER_SPAWNED, "start " + style, start(style))),
                    Stream.of(FailPoint.DELIVERY_DECIDED, FailPoint.DELIVERY_SENT)
                            .map(point -> new Row(point, "delivery", DELIVER)),
                    Stream.of(
                                    FailPoint.CLAIM_GRANTED,
                                    FailPoint.CLAIM_ANSWERED,
                                    FailPoint.ACKNOWLEDGE_RECEIVED,
                                    FailPoint.ACKNOWLEDGE_DONE,
                                    FailPoint.ACKNOWLEDGE_COMMITTED,
                                    FailPoint.ACKNOWLEDGE_ANSWERED,
                                    FailPoint.COMPLETE_RECEIVED,
                                    FailPoint.COMPLETE_DONE,
                                    FailPoint.COMPLETE_COMMITTED,
                                    FailPoint.COMPLETE_ANSWERED)
                            .map(point -> new Row(point, "claim", CLAIM)),
                    Stream.of(
                                    FailPoint.CLAIM_GRANTED,
                                    FailPoint.CLAIM_ANSWERED,
                                    FailPoint.ACKNOWLEDGE_RECEIVED,
                                    FailPoint.CLOSE_DECIDED,
                                    FailPoint.CLOSE_DROPPED,
                                    FailPoint.CLOSE_DONE,
                                    FailPoint.ACKNOWLEDGE_DONE,
                                    FailPoint.ACKNOWLEDGE_COMMITTED,
                                    FailPoint.ACKNOWLEDGE_ANSWERED)
                            .map(point -> new Row(point, "reclaim", RECLAIM)),
                    Stream.of(
                                    FailPoint.CLOSE_DECIDED,
                                    FailPoint.CLOSE_DROPPED,
                                    FailPoint.CLOSE_DONE,
                                    FailPoint.JOURNAL_WRITING)
                            .map(point -> new Row(point, "close", CLOSE)),
                    Stream.of(FailPoint.JOURNAL_WRITING, FailPoint.JOURNAL_WRITTEN)
                            .map(point -> new Row(point, "registration", REGISTER)))
            .flatMap(rows -> rows)
            .toList();

    static final List<Row> IN_START = Stream.of(
                    FailPoint.RECOVERY_STORE_OPENED,
                    FailPoint.RECOVERY_DESCRIPTORS_TAKEN,
                    FailPoint.RECOVERY_MATCHED,
                    FailPoint.RECOVERY_WATCHED,
                    FailPoint.RECOVERY_APPENDED)
            .map(point -> new Row(point, "start", WAKE))
            .toList();

    static final List<Row> IN_STOP = Stream.of(
                    FailPoint.STOP_CONDUCTOR_ENDED, FailPoint.STOP_DESCRIPTORS_CLOSED, FailPoint.STOP_JOURNAL_CLOSED)
            .map(point -> new Row(point, "stop", WAKE))
            .toList();

    static final List<Row> OF_VAULT = Stream.of(
                    Stream.of(FailPoint.VAULT_PUT_RECEIVED, FailPoint.VAULT_PUT_STORED, FailPoint.VAULT_ANSWERED)
                            .flatMap(point -> Stream.of(
                                    new Row(point, "transfer", TRANSFER),
                                    new Row(point, "transfer in one frame", TRANSFER_FRAME))),
                    Stream.of(FailPoint.VAULT_DROP_RECEIVED, FailPoint.VAULT_DROP_DONE, FailPoint.VAULT_ANSWERED)
                            .map(point -> new Row(point, "close", CLOSE)))
            .flatMap(rows -> rows)
            .toList();

    private static FaultBench bench;

    @BeforeAll
    static void start() throws Exception {
        bench = new FaultBench();
    }

    @AfterAll
    static void end() throws Exception {
        bench.close();
    }

    @AfterEach
    void tidy() throws Exception {
        bench.tidy();
    }

    @Test
    void shouldHaveARowForEveryPoint() {
        Set<FailPoint> points = Stream.of(IN_SERVICE, IN_START, IN_STOP, OF_VAULT)
                .flatMap(rows -> rows.stream().map(Row::point))
                .collect(Collectors.toSet());
        // See shouldSayWhatIsLostWhenBothDie.
        points.add(FailPoint.VAULT_LIST_RECEIVED);
        assertThat(points).containsExactlyInAnyOrderElementsOf(Arrays.asList(FailPoint.values()));
    }

    @ParameterizedTest
    @FieldSource("IN_SERVICE")
    void shouldGoOnAfterABrokerThatDies(Row row) throws Exception {
        bench.dieIn(row.step().apply(bench), row.name());
    }

    @ParameterizedTest
    @FieldSource("IN_START")
    void shouldGoOnAfterABrokerThatDiesInItsStart(Row row) throws Exception {
        bench.dieInStart(row.step().apply(bench), row.name());
    }

    @ParameterizedTest
    @FieldSource("IN_STOP")
    void shouldGoOnAfterABrokerThatDiesInItsStop(Row row) throws Exception {
        bench.dieInStop(row.step().apply(bench), row.name());
    }

    @ParameterizedTest
    @FieldSource("OF_VAULT")
    void shouldGoOnAfterAVaultThatDies(Row row) throws Exception {
        bench.loseVaultIn(row.step().apply(bench), row.name());
    }

    /** The one case in which connections are lost: nobody has them any more. */
    @Test
    void shouldSayWhatIsLostWhenBothDie() throws Exception {
        try (KeptBroker kept = new KeptBroker();
                Link lost = Link.tcp();
                Link next = Link.tcp()) {
            try (ProtocolClient client = kept.client()) {
                client.register(FaultBench.LINES, Specs.lineAnswerer());
                client.park(lost.mine(), FaultBench.LINES, FaultStep.ID);
            }
            kept.arm("vault", FailPoint.VAULT_LIST_RECEIVED.name());
            kept.kill();
            kept.restart();
            kept.awaitReached("vault", FailPoint.VAULT_LIST_RECEIVED.name());
            lost.peer().expectEnd();
            kept.process().log().await("0 sockets restored, 1 lost, 0 unknown");
            try (ProtocolClient client = kept.client()) {
                assertThat(client.socketIds()).isEmpty();
                client.park(next.mine(), FaultBench.LINES, FaultStep.ID);
                new Conversation(next.peer()).say().hearAll();
                Await.parked(client, FaultStep.ID);
            }
            kept.expectNothingLeaked(1);
        }
    }
}
