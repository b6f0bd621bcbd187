package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TriggerReason;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandlerEnvironmentTest {

    static Map<String, String> complete(String style) {
        var environment = new HashMap<>(Map.of(
                "SOCKETBROKER_RUNTIME_DIR", "/run/x",
                "SOCKETBROKER_TOKEN", "00112233445566778899aabbccddeeff",
                "SOCKETBROKER_ACTIVATION", "12",
                "SOCKETBROKER_STYLE", style,
                "SOCKETBROKER_REASON", "SOCKET_ACTIVITY",
                "SOCKETBROKER_APP", "uid-0",
                "SOCKETBROKER_TASK", "echo",
                "SOCKETBROKER_ATTEMPT", "1",
                "SOCKETBROKER_PEER_CLOSED", "1"));
        environment.put("LISTEN_PID", "77");
        environment.put("LISTEN_FDS", "2");
        return environment;
    }

    @Test
    void shouldReadWhatTheBrokerSays() {
        var read = HandlerEnvironment.of(complete("listen-fds"), 77).orElseThrow();
        assertThat(read.token().size()).isEqualTo(16);
        assertThat(read.activationId()).isEqualTo(12);
        assertThat(read.style()).isEqualTo(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS);
        assertThat(read.reason()).isEqualTo(TriggerReason.TRIGGER_REASON_SOCKET_ACTIVITY);
        assertThat(read.peerClosed()).isTrue();
        assertThat(read.listenFds()).isEqualTo(2);
    }

    @Test
    void shouldBeEmptyWithoutABroker() {
        assertThat(HandlerEnvironment.of(Map.of("PATH", "/bin"), 77)).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(ActivationContext::current)
                .withMessageContaining("not launched by a broker");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUNTIME_DIR", "ACTIVATION", "STYLE", "REASON", "APP", "TASK", "ATTEMPT", "PEER_CLOSED"})
    void shouldNameAMissingVariable(String variable) {
        var environment = complete("socket");
        environment.remove("SOCKETBROKER_" + variable);
        assertThatIllegalStateException()
                .isThrownBy(() -> HandlerEnvironment.of(environment, 77))
                .withMessageContaining("SOCKETBROKER_" + variable);
    }

    @ParameterizedTest
    @CsvSource({
        "SOCKETBROKER_TOKEN, xyz, not in hexadecimal",
        "SOCKETBROKER_ACTIVATION, twelve, not a number",
        "SOCKETBROKER_STYLE, tube, tube",
        "LISTEN_PID, 78, must use exec",
    })
    void shouldNameAMalformedVariable(String variable, String value, String text) {
        var environment = complete("listen-fds");
        environment.put(variable, value);
        assertThatIllegalStateException()
                .isThrownBy(() -> HandlerEnvironment.of(environment, 77))
                .withMessageContaining(variable)
                .withMessageContaining(text);
    }

    @Test
    void shouldReadHowLongItMayStay() {
        var environment = complete("claim");
        assertThat(HandlerEnvironment.of(environment, 77).orElseThrow().linger())
                .isZero();
        environment.put("SOCKETBROKER_LINGER_MILLIS", "30500");
        assertThat(HandlerEnvironment.of(environment, 77).orElseThrow().linger())
                .hasMillis(30_500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "30s", "18446744073709551615"})
    void shouldRefuseAMalformedLinger(String value) {
        var environment = complete("claim");
        environment.put("SOCKETBROKER_LINGER_MILLIS", value);
        assertThatIllegalStateException()
                .isThrownBy(() -> HandlerEnvironment.of(environment, 77))
                .withMessageContaining("SOCKETBROKER_LINGER_MILLIS");
    }

    @Test
    void shouldNotTellTheToken() {
        var environment = complete("socket");
        environment.put("SOCKETBROKER_TOKEN", "secret");
        assertThatIllegalStateException()
                .isThrownBy(() -> HandlerEnvironment.of(environment, 77))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void shouldAcceptReasonsOfANewerBroker() {
        var environment = complete("socket");
        environment.put("SOCKETBROKER_REASON", "MOON_PHASE");
        assertThat(HandlerEnvironment.of(environment, 77).orElseThrow().reason())
                .isEqualTo(TriggerReason.UNRECOGNIZED);
    }
}
