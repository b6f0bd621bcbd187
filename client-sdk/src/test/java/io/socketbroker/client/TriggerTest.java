package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.TriggerReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler is told about its wake. */
class TriggerTest {

    @Test
    void shouldTellEveryDetail() {
        var trigger = new Trigger(TriggerDetails.newBuilder()
                .setReason(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED)
                .setPeerClosed(true)
                .setAttempt(3)
                .setBytesAvailable(17)
                .setCloseCause(CloseCause.CLOSE_CAUSE_ERROR)
                .setErrorNumber(113)
                .build());
        assertThat(trigger.reason()).isEqualTo(TriggerReason.TRIGGER_REASON_SOCKET_CLOSED);
        assertThat(trigger.peerClosed()).isTrue();
        assertThat(trigger.attempt()).isEqualTo(3);
        assertThat(trigger.bytesAvailable()).isEqualTo(17);
        assertThat(trigger.closeCause()).isEqualTo(CloseCause.CLOSE_CAUSE_ERROR);
        assertThat(trigger.errorNumber()).isEqualTo(113);
    }

    @ParameterizedTest
    @EnumSource(names = "UNRECOGNIZED", mode = EnumSource.Mode.EXCLUDE)
    void shouldKnowEveryReasonInEachStyle(TriggerReason reason) {
        assertThat(new Trigger(TriggerDetails.newBuilder().setReason(reason).build()).reason())
                .isEqualTo(reason);
        var environment = HandlerEnvironmentTest.complete("claim");
        environment.put("SOCKETBROKER_REASON", reason.name().substring("TRIGGER_REASON_".length()));
        assertThat(HandlerEnvironment.of(environment, 77).orElseThrow().reason())
                .isEqualTo(reason);
    }
}
