package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.socketbroker.v1.CompleteResponse;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.ItemError;
import io.socketbroker.v1.Released;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.TriggerDetails;
import io.socketbroker.v1.Welcome;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What it writes, protobuf reads. */
class BackwardWriterTest {
    // So small that it has to grow at every step.
    private final BackwardWriter message = new BackwardWriter(0);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 16_383, 16_384, 0xFFFF_FFFFL, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void shouldWriteNumbersOfEveryLength(long value) throws Exception {
        message.fixed64(Socket.COOKIE_FIELD_NUMBER, value);
        message.varint(Socket.GENERATION_FIELD_NUMBER, value);
        assertThat(Socket.parseFrom(message.take()))
                .isEqualTo(Socket.newBuilder()
                        .setGeneration(value)
                        .setCookie(value)
                        .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "caf\u00e9", "\ud83d\ude00 and \u00df", "0.0.0.0"})
    void shouldWriteTexts(String text) throws Exception {
        message.string(Socket.TASK_FIELD_NUMBER, text);
        assertThat(Socket.parseFrom(message.take()))
                .isEqualTo(Socket.newBuilder().setTask(text).build());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 10, 255, 65_535, Integer.MAX_VALUE})
    void shouldWriteDigits(int value) {
        message.decimal(value);
        assertThat(message.take()).asString().isEqualTo(Integer.toString(value));
    }

    @Test
    void shouldNestMessages() throws Exception {
        TriggerDetails trigger = TriggerDetails.newBuilder().setAttempt(300).build();
        message.message(Event.TRIGGER_FIELD_NUMBER, trigger);
        int end = message.size();
        message.presentVarint(SocketKey.UID_FIELD_NUMBER, 0);
        message.string(SocketKey.SOCKET_ID_FIELD_NUMBER, "x".repeat(200));
        message.enclose(Event.SOCKET_FIELD_NUMBER, end);
        message.timestamp(Event.TIME_FIELD_NUMBER, Instant.ofEpochSecond(-5, 7));
        assertThat(Event.parseFrom(message.take()))
                .isEqualTo(Event.newBuilder()
                        .setTime(Timestamp.newBuilder().setSeconds(-5).setNanos(7))
                        .setSocket(SocketKey.newBuilder()
                                .setSocketId("x".repeat(200))
                                .setUid(0))
                        .setTrigger(trigger)
                        .build());
    }

    @Test
    void shouldWriteBytes() throws Exception {
        ByteString context = ByteString.copyFrom(new byte[70_000]);
        message.bytes(Socket.CONTEXT_FIELD_NUMBER, context);
        message.bytes(Socket.CONTEXT_FIELD_NUMBER, ByteString.EMPTY);
        assertThat(Socket.parseFrom(message.take()).getContext()).isEqualTo(context);
    }

    @Test
    void shouldWriteTokensAsTheyAreNamed() throws Exception {
        Token token = new Token(0x0102_0304_0506_0708L, -2);
        message.token(Socket.CONTEXT_FIELD_NUMBER, token);
        assertThat(Socket.parseFrom(message.take()).getContext()).isEqualTo(token.bytes());
    }

    @Test
    void shouldForgetWhatWasNotFinished() {
        message.text("half");
        message.clear();
        message.text("whole");
        assertThat(message.take()).asString().isEqualTo("whole");
        assertThat(message.take()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, Integer.MAX_VALUE, -1})
    void shouldAnswerRequestsOfEveryNumber(int requestId) {
        FdFrame.Builder welcome = FdFrame.newBuilder().setWelcome(Welcome.getDefaultInstance());
        EncodedFrame frame = EncodedFrame.of(welcome);
        assertThat(frame.answer(requestId))
                .isEqualTo(welcome.setRequestId(requestId).build().toByteArray());
        assertThat(frame.kind()).isEqualTo(FdFrame.BodyCase.WELCOME);
    }

    @Test
    void shouldSayWhatIsOver() {
        assertThat(EncodedFrame.released(300).message())
                .isEqualTo(FdFrame.newBuilder()
                        .setReleased(Released.newBuilder().setDeliveryId(300))
                        .build());
        ItemError error = ItemError.newBuilder().setIndex(3).build();
        for (List<ItemError> errors : List.of(List.<ItemError>of(), List.of(error))) {
            assertThat(EncodedFrame.completed(errors).message())
                    .isEqualTo(FdFrame.newBuilder()
                            .setCompleted(CompleteResponse.newBuilder().addAllErrors(errors))
                            .build());
        }
    }
}
