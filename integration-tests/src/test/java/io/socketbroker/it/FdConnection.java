package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Acknowledge;
import io.socketbroker.v1.Claim;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.Deposit;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One connection to fd.sock, in the hands of a test that may say anything on it. Not thread-safe. */
final class FdConnection implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** More than the broker takes, for frames that are too long. */
    private static final int MOST_BYTES = 190 * 1024;

    private final OwnedFd socket;
    private final DescriptorChannel channel = new DescriptorChannel(MOST_BYTES);
    private int lastRequestId;

    /** An answer with the descriptors that came with it, whose owner the receiver is. */
    record Answer(FdFrame frame, List<OwnedFd> descriptors) implements AutoCloseable {
        @Override
        public void close() {
            descriptors.forEach(OwnedFd::close);
        }
    }

    FdConnection(Path runtimeDirectory) {
        socket = Sockets.connectUnix(runtimeDirectory.resolve("fd.sock"), Sockets.SOCK_SEQPACKET);
        SocketOptions.setReceiveTimeout(socket.fd(), PATIENCE);
    }

    Fd fd() {
        return socket.fd();
    }

    /** Sends these bytes as they are. */
    void sendBytes(byte[] bytes, List<Fd> descriptors) {
        assertThat(channel.sendBlocking(socket.fd(), bytes, descriptors)).isTrue();
    }

    /** Sends a frame with the next request id, which is returned. */
    int send(FdFrame.Builder frame, List<Fd> descriptors) {
        sendBytes(frame.setRequestId(++lastRequestId).build().toByteArray(), descriptors);
        return lastRequestId;
    }

    /** The next message of the broker. */
    Answer receive() {
        switch (channel.receiveBlocking(socket.fd())) {
            case DescriptorChannel.Received.Message message -> {
                assertThat(message.descriptorsTruncated()).isFalse();
                try {
                    return new Answer(FdFrame.parseFrom(message.payload()), message.descriptors());
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError("the broker sent no frame", e);
                }
            }
            case DescriptorChannel.Received.WouldBlock _ ->
                throw new AssertionError("the broker said nothing for " + PATIENCE);
            case DescriptorChannel.Received.EndOfStream _ -> throw new AssertionError("the broker closed fd.sock");
        }
    }

    /** The broker has closed this connection. */
    void expectClosed() {
        assertThat(channel.receiveBlocking(socket.fd())).isInstanceOf(DescriptorChannel.Received.EndOfStream.class);
    }

    /** One request and its answer. */
    Answer request(FdFrame.Builder frame, List<Fd> descriptors) {
        int requestId = send(frame, descriptors);
        Answer answer = receive();
        assertThat(answer.frame.getRequestId()).as("request_id of the answer").isEqualTo(requestId);
        return answer;
    }

    /** A request whose answer has no descriptors. */
    FdFrame ask(FdFrame.Builder frame, Fd... descriptors) {
        Answer answer = request(frame, List.of(descriptors));
        assertThat(answer.descriptors).isEmpty();
        return answer.frame;
    }

    FdFrame deposit(ByteString id, int count, Fd... descriptors) {
        return ask(depositFrame(id, count), descriptors);
    }

    static FdFrame.Builder depositFrame(ByteString id, int count) {
        return FdFrame.newBuilder()
                .setDeposit(Deposit.newBuilder().setDepositId(id).setDescriptorCount(count));
    }

    /** A transfer in one message. */
    FdFrame transfer(TransferOwnershipRequest.Builder request, Fd... descriptors) {
        return ask(FdFrame.newBuilder().setTransfer(request), descriptors);
    }

    /** The same of one socket. */
    FdFrame transfer(TransferItem.Builder item, Fd descriptor) {
        return transfer(TransferOwnershipRequest.newBuilder().addItems(item), descriptor);
    }

    /** Asks for the descriptors of a token, and does not acknowledge. */
    Answer claim(ByteString token) {
        return request(FdFrame.newBuilder().setClaim(Claim.newBuilder().setToken(token)), List.of());
    }

    FdFrame acknowledge(long deliveryId) {
        return ask(FdFrame.newBuilder().setAcknowledge(Acknowledge.newBuilder().setDeliveryId(deliveryId)));
    }

    FdFrame complete(CompleteRequest request) {
        return ask(FdFrame.newBuilder().setComplete(request));
    }

    @Override
    public void close() {
        channel.close();
        socket.close();
    }
}
