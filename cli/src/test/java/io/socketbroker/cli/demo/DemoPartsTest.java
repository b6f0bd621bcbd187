package io.socketbroker.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.linux.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoPartsTest {

    private static final long OWN_PID = ProcessHandle.current().pid();

    @Test
    void shouldSeeWhatTheKernelSees() throws IOException {
        var address = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (var listener = Sockets.listenTcp(new InetSocketAddress(address, 0), 1)) {
            var local = (Endpoint.Inet) Sockets.localEndpoint(listener.fd()).orElseThrow();
            var entry = KernelView.tcp(local.port(), 0).orElseThrow();
            assertThat(entry.state()).isEqualTo("LISTEN");
            assertThat(KernelView.holders(entry)).containsExactly(OWN_PID);
        }
    }

    @Test
    void shouldKnowPrograms() {
        assertThat(KernelView.program(OWN_PID)).isNotEmpty();
        var ended = JavaProgram.run(List.of("/bin/echo", "cookie=12"));
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.value("cookie")).isEqualTo("12");
        assertThat(Waiting.untilGone(ended.pid())).isTrue();
        assertThat(KernelView.program(ended.pid())).isEmpty();
        assertThatIllegalStateException().isThrownBy(() -> ended.value("port")).withMessageContaining("port");
    }

    @Test
    void shouldReadAnswers() {
        var answer = new Answer("message=one pid=12 cookie=7", 3);
        assertThat(answer.pid()).isEqualTo(12);
        assertThat(answer.value("message")).isEqualTo("one");
        assertThat(answer.value("nothing")).isEmpty();
        assertThat(new Answer("", 3).pid()).isEqualTo(-1);
    }

    @Test
    void shouldFailTheStoryWithOneBadCheck() {
        var told = new ArrayList<String>();
        var story = new Story(told::add);
        story.chapter("part", "A part");
        story.check("good", true, "as it should be");
        assertThat(story.isGood()).isTrue();
        story.check("bad", false, "otherwise");
        assertThat(story.isGood()).isFalse();
        assertThat(told).contains("  ok  good: as it should be", "FAIL  bad: otherwise");
    }

    @Test
    void shouldTellABrokerThatDoesNotStart() {
        var story = new Story(line -> {});
        new Demo(Path.of("/bin/false"), story).run();
        assertThat(story.isGood()).isFalse();
        assertThat(story.chapters().getFirst().checks().getFirst().measured()).contains("the broker does not serve");
    }

    @Test
    void shouldGiveUpWaiting() {
        assertThat(Waiting.until(Duration.ofMillis(1), () -> false)).isFalse();
    }
}
