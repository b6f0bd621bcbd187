package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.v1.LeaseOutcome;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** A launched handler that obeys the test: see puppet.py. Not thread-safe. */
final class Puppet implements AutoCloseable {
    private final Wire control;
    private final Map<String, String> facts = new TreeMap<>();

    /** Reads what the handler found. */
    Puppet(Wire control) {
        this.control = control;
        for (String line = control.readLine(); !line.isEmpty(); line = control.readLine()) {
            int equals = line.indexOf('=');
            facts.put(line.substring(0, equals), line.substring(equals + 1));
        }
    }

    /** What it found under names such as env.PATH, fd.3, status.SigBlk, pid. */
    Map<String, String> facts() {
        return facts;
    }

    String fact(String name) {
        assertThat(facts).as("what the handler found").containsKey(name);
        return facts.getOrDefault(name, "");
    }

    /** A variable of its environment, without the common prefix. */
    String env(String name) {
        return fact("env.SOCKETBROKER_" + name);
    }

    int pid() {
        return Integer.parseInt(fact("pid"));
    }

    /** One command and its answer. */
    String tell(String command) {
        control.send(command + "\n");
        return control.readLine();
    }

    /** It reads this from its socket, in one piece. */
    void expectReceived(String text) {
        assertThat(tell("recv")).isEqualTo("data " + hex(text));
    }

    /** It reads these bytes from its socket, in as many pieces as they come. */
    void expectRead(byte[] bytes) {
        assertThat(tell("read " + bytes.length))
                .isEqualTo("data " + HexFormat.of().formatHex(bytes));
    }

    /** As the other, of text. */
    void expectRead(String text) {
        expectRead(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** It finds the end of its stream. */
    void expectEnd() {
        assertThat(tell("recv")).isEqualTo("end");
    }

    void send(String text) {
        assertThat(tell("send " + hex(text))).isEqualTo("ok");
    }

    long cookie() {
        return Long.parseUnsignedLong(tell("cookie"));
    }

    /** Claims and acknowledges, in style claim. */
    void claim() {
        assertThat(tell("claim")).startsWith("delivered ").endsWith(" with 1");
        assertThat(tell("acknowledge")).isEqualTo("released");
    }

    /** Ends the lease over fd.sock. */
    String complete(LeaseOutcome outcome) {
        return tell("complete " + outcome.getNumber());
    }

    static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The process ends with this status. */
    void exit(int status) {
        control.send("exit " + status + "\n");
        control.expectEnd();
    }

    /** The process ends by SIGKILL. */
    void kill() {
        control.send("kill\n");
        control.expectEnd();
    }

    /** Somebody else ends the process. */
    void expectKilled() {
        control.expectEnd();
    }

    /** It ends by itself if it still runs. */
    @Override
    public void close() {
        control.close();
    }
}
