package io.socketbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.ListSocketsResponse;
import io.socketbroker.v1.Socket;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {

    private CannedBroker broker;
    private String directory;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        broker = new CannedBroker(folder);
        directory = folder.toString();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void shouldListInColumns() {
        var run = Run.of("list", "--runtime-dir", directory);
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .containsExactly(
                        "APP   ID   STATE   PROTOCOL  KIND    LOCAL         PEER            TASK  WAKES",
                        "shop  one  parked  tcp       stream  127.0.0.1:80  127.0.0.1:4000  echo  0");
    }

    @Test
    void shouldPrintTheApisOwnMessages() throws InvalidProtocolBufferException {
        var list = ListSocketsResponse.newBuilder();
        JsonFormat.parser()
                .merge(
                        String.join(
                                "\n",
                                Run.of("list", "--json", "--runtime-dir", directory)
                                        .out()),
                        list);
        assertThat(list.getSocketsList()).containsExactly(CannedBroker.SOCKET);
        var socket = Socket.newBuilder();
        JsonFormat.parser()
                .merge(
                        String.join(
                                "\n",
                                Run.of("show", "one", "--json", "--runtime-dir", directory)
                                        .out()),
                        socket);
        assertThat(socket.build()).isEqualTo(CannedBroker.SOCKET);
    }

    @Test
    void shouldPrintOneEventOnEachLine() throws InvalidProtocolBufferException {
        var run = Run.of("events", "--json", "--runtime-dir", directory);
        assertThat(run.out()).hasSize(3);
        var last = Event.newBuilder();
        JsonFormat.parser().merge(run.out().getLast(), last);
        assertThat(last.getSequence()).isEqualTo(3);
        assertThat(last.getType()).isEqualTo(EventType.EVENT_TYPE_WAKE_DEFERRED);
        assertThat(Run.of("events", "--runtime-dir", directory).out())
                .extracting(line -> line.substring(line.indexOf("  ") + 2).strip())
                .containsExactly(
                        "socket-parked  socket one", "connection-refused  socket one", "wake-deferred  socket one");
        assertThat(Run.of("events", "--after", "1", "--runtime-dir", directory).out())
                .hasSize(2);
    }

    @Test
    void shouldShowASocketAndTheBroker() {
        assertThat(Run.of("show", "one", "--runtime-dir", directory).out())
                .contains("socket               tcp stream 127.0.0.1:80 to 127.0.0.1:4000")
                .contains("context              6 bytes: state.")
                .contains("keep-alive           -")
                .contains("options              -");
        assertThat(Run.of("status", "--runtime-dir", directory).out())
                .anyMatch(line -> line.matches("pid +12"))
                .anyMatch(line -> line.matches("sockets +3 PARKED"));
    }

    @Test
    void shouldTellARefusalInOneLine() {
        var unknown = Run.of("show", "two", "--runtime-dir", directory);
        assertThat(unknown.status()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(unknown.err()).containsExactly("socketbroker show: there is no such socket");
        var refused = Run.of("close", "one", "--runtime-dir", directory);
        assertThat(refused.status()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).containsExactly("socketbroker close: not yours");
    }
}
