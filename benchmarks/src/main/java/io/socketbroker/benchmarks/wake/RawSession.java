package io.socketbroker.benchmarks.wake;

import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Acknowledge;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Hello;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A program that speaks the protocol itself, see docs/protocol.md, "Attach": frames on fd.sock, one thread, nothing between.
 * It acknowledges each delivery and uses its sockets when the broker has released them.
 */
final class RawSession implements Receiver {
    private static final int MOST_FRAME_BYTES = 160 * 1024;

    private final Broker broker;
    private final Ledger ledger;
    private final AttachCall call;
    private final OwnedFd connection;
    private final DescriptorChannel channel = new DescriptorChannel(MOST_FRAME_BYTES);
    private final Map<Long, Unreleased> unreleased = new HashMap<>();
    private final Map<Integer, Integer> completing = new HashMap<>();
    private int lastRequestId;
    private long deliveredNanos;
    private long releasedNanos;
    private long returningNanos;
    private long returnedNanos;
    private int messages;
    private int givenBack;
    private int uncredited;

    private record Unreleased(Delivery delivery, List<OwnedFd> descriptors) {}

    RawSession(Path runtimeDirectory, Ledger ledger) {
        this.broker = new Broker(runtimeDirectory, "raw");
        this.ledger = ledger;
        this.call = new AttachCall(runtimeDirectory.resolve("grpc.sock"));
        this.connection = Sockets.connectUnix(runtimeDirectory.resolve("fd.sock"), Sockets.SOCK_SEQPACKET);
        SocketOptions.setReceiveTimeout(connection.fd(), PATIENCE);
        SocketOptions.setSendTimeout(connection.fd(), PATIENCE);
    }

    @Override
    public void park(List<OwnedFd> sockets, int first) {
        broker.park(sockets, first);
    }

    @Override
    public void attach() {
        var sessionId = call.start(broker.client().taskKey(broker.task()));
        send(FdFrame.newBuilder().setHello(Hello.newBuilder().setSessionId(sessionId)));
        if (!frame(receive()).hasWelcome()) {
            throw new InvalidRunException("the broker does not welcome the session");
        }
        call.awaitStarted();
    }

    @Override
    public int work(int count) {
        givenBack = 0;
        messages = 0;
        while (givenBack < count) {
            step();
            if (uncredited >= AttachCall.CREDIT / 2) {
                rest();
            }
        }
        return messages;
    }

    /** One frame of the broker, and what follows from it. */
    private void step() {
        Received.Message message = receive();
        FdFrame frame = frame(message);
        switch (frame.getBodyCase()) {
            case DELIVERY -> delivered(frame.getDelivery(), message);
            case RELEASED -> released(frame.getReleased().getDeliveryId());
            case COMPLETED -> completed(frame);
            default -> throw new InvalidRunException("the broker said " + frame);
        }
    }

    private void delivered(Delivery delivery, Received.Message message) {
        deliveredNanos = System.nanoTime();
        messages++;
        if (message.descriptors().size() != delivery.getActivation().getSocketsCount()) {
            throw new InvalidRunException("descriptors were lost on their way");
        }
        unreleased.put(delivery.getDeliveryId(), new Unreleased(delivery, message.descriptors()));
        send(FdFrame.newBuilder().setAcknowledge(Acknowledge.newBuilder().setDeliveryId(delivery.getDeliveryId())));
    }

    private void released(long deliveryId) {
        releasedNanos = System.nanoTime();
        Unreleased delivery = unreleased.remove(deliveryId);
        if (delivery == null) {
            throw new InvalidRunException("the broker released delivery " + deliveryId + ", which is not known");
        }
        CompleteRequest.Builder complete = CompleteRequest.newBuilder().setToken(delivery.delivery.getToken());
        for (int i = 0; i < delivery.descriptors.size(); i++) {
            ActivatedSocket socket = delivery.delivery.getActivation().getSockets(i);
            try (OwnedFd descriptor = delivery.descriptors.get(i)) {
                ledger.check(Broker.indexOf(socket.getSocket().getKey().getSocketId()), descriptor.fd());
            }
            complete.addCompletions(LeaseCompletion.newBuilder()
                    .setKey(socket.getSocket().getKey())
                    .setGeneration(socket.getSocket().getGeneration())
                    .setOutcome(LeaseOutcome.LEASE_OUTCOME_RETURNED));
        }
        returningNanos = System.nanoTime();
        completing.put(send(FdFrame.newBuilder().setComplete(complete)), complete.getCompletionsCount());
    }

    private void completed(FdFrame frame) {
        Integer count = completing.remove(frame.getRequestId());
        if (count == null || frame.getCompleted().getErrorsCount() > 0) {
            throw new InvalidRunException("the broker does not take sockets back: " + frame);
        }
        givenBack += count;
        uncredited += count;
        returnedNanos = System.nanoTime();
    }

    private int send(FdFrame.Builder frame) {
        byte[] bytes = frame.setRequestId(++lastRequestId).build().toByteArray();
        if (!channel.sendBlocking(connection.fd(), bytes, List.of())) {
            throw new InvalidRunException("the broker does not read");
        }
        return lastRequestId;
    }

    private Received.Message receive() {
        if (channel.receiveBlocking(connection.fd()) instanceof Received.Message message) {
            return message;
        }
        throw new InvalidRunException("the broker is silent, or has closed the connection");
    }

    private static FdFrame frame(Received.Message message) {
        try {
            return FdFrame.parseFrom(message.payload());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRunException("the broker sent what is not a frame", e);
        }
    }

    @Override
    public List<String> stages() {
        return List.of(": delivered", ": released");
    }

    @Override
    public List<Long> reachedNanos() {
        return List.of(deliveredNanos, releasedNanos);
    }

    @Override
    public long returnNanos() {
        return returnedNanos - returningNanos;
    }

    @Override
    public void rest() {
        call.addCredit(uncredited);
        uncredited = 0;
    }

    @Override
    public void close() {
        call.close();
        channel.close();
        connection.close();
        broker.close();
    }
}
