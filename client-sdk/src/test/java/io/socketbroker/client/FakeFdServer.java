package io.socketbroker.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.Activation;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.CompleteResponse;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.Deposited;
import io.socketbroker.v1.Error;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Hello;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.Released;
import io.socketbroker.v1.TransferOwnershipRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The peer of a client on fd.sock: speaks the frames, and lies when told to. A thread for each connection. */
final class FakeFdServer implements AutoCloseable {

    /** What is wrong with an answer. */
    enum Lie {
        NONE,
        WRONG_REQUEST_ID,
        STALL,
        NO_FRAME,
        HANG_UP,
        FEWER_DESCRIPTORS,
        MORE_DESCRIPTORS,
        WRONG_BODY,
        REFUSE
    }

    final Map<ByteString, List<OwnedFd>> deposits = new ConcurrentHashMap<>();
    final Map<ByteString, Claimable> claimables = new ConcurrentHashMap<>();
    final Queue<CompleteRequest> completions = new ConcurrentLinkedQueue<>();
    final AtomicInteger connections = new AtomicInteger();
    volatile Lie lie = Lie.NONE;
    volatile FdFrame.BodyCase lieOn = FdFrame.BodyCase.BODY_NOT_SET;

    /** How many came of each kind. */
    final Map<FdFrame.BodyCase, Integer> frames = new ConcurrentHashMap<>();

    private final Taker taker;
    private final AtomicInteger reclaims = new AtomicInteger();
    private volatile Giver giver = _ -> Optional.empty();
    private final OwnedFd listener;
    private final Queue<OwnedFd> open = new ConcurrentLinkedQueue<>();

    /** Takes the sockets of a frame, or closes them. No frame: the connection ends; one without body: there is no answer. */
    interface Taker {
        Optional<FdFrame.Builder> take(TransferOwnershipRequest request, List<OwnedFd> descriptors);
    }

    /** Gives what is asked for; nothing: the connection ends. */
    interface Giver {
        Optional<Claimable> give(ReclaimRequest request);

        /** Whether the contexts are too much for one frame. */
        default boolean isTooMuch(ReclaimRequest request) {
            return false;
        }
    }

    /** What a token is good for; the descriptors stay with the broker until the acknowledgement. */
    record Claimable(Activation activation, List<OwnedFd> descriptors) {}

    /** One that takes no sockets. */
    FakeFdServer(Path socket) {
        this(socket, (_, descriptors) -> {
            descriptors.forEach(OwnedFd::close);
            return Optional.empty();
        });
    }

    FakeFdServer(Path socket, Taker taker) {
        this.taker = taker;
        listener = Sockets.listenUnix(socket, Sockets.SOCK_SEQPACKET, 16);
        Thread.ofPlatform().daemon().start(this::acceptAll);
    }

    void give(Giver reclaimed) {
        giver = reclaimed;
    }

    void lie(FdFrame.BodyCase on, Lie what) {
        lieOn = on;
        lie = what;
    }

    private void acceptAll() {
        try {
            while (true) {
                var accepted = Sockets.accept(listener.fd(), false).orElseThrow();
                connections.incrementAndGet();
                open.add(accepted);
                Thread.ofPlatform().daemon().start(() -> serve(accepted));
            }
        } catch (LinuxException | IllegalStateException e) {
            // close() has shut the listener down.
            return;
        }
    }

    private void serve(OwnedFd connection) {
        try (connection;
                var channel = new DescriptorChannel(FdConnection.MAX_FRAME_BYTES)) {
            while (channel.receiveBlocking(connection.fd()) instanceof Received.Message message) {
                if (!answer(connection, channel, FdFrame.parseFrom(message.payload()), message.descriptors())) {
                    return;
                }
            }
        } catch (LinuxException | InvalidProtocolBufferException | IllegalStateException e) {
            // The client is gone, which is its right.
            return;
        }
    }

    private boolean answer(OwnedFd connection, DescriptorChannel channel, FdFrame request, List<OwnedFd> came) {
        frames.merge(request.getBodyCase(), 1, Integer::sum);
        Lie told = request.getBodyCase() == lieOn ? lie : Lie.NONE;
        if (told == Lie.REFUSE) {
            came.forEach(OwnedFd::close);
            var refusal = Error.newBuilder()
                    .setReason(ErrorReason.ERROR_REASON_LIMIT_REACHED)
                    .setField("deposits-per-uid")
                    .setMessage("16 deposits wait");
            return send(connection, channel, FdFrame.newBuilder().setError(refusal), request.getRequestId(), List.of());
        }
        if (told == Lie.STALL || told == Lie.HANG_UP) {
            came.forEach(OwnedFd::close);
            return told == Lie.STALL;
        }
        if (told == Lie.NO_FRAME) {
            came.forEach(OwnedFd::close);
            return channel.sendBlocking(
                    connection.fd(), "\377garbage".getBytes(StandardCharsets.ISO_8859_1), List.of());
        }
        FdFrame.Builder answer = FdFrame.newBuilder();
        List<Fd> fds = List.of();
        switch (request.getBodyCase()) {
            case DEPOSIT -> {
                deposits.put(request.getDeposit().getDepositId(), came);
                answer.setDeposited(
                        Deposited.newBuilder().setDepositId(request.getDeposit().getDepositId()));
            }
            case TRANSFER -> {
                var taken = taker.take(request.getTransfer(), came);
                if (taken.isEmpty()) {
                    return false;
                }
                answer = taken.get();
                if (answer.getBodyCase() == FdFrame.BodyCase.BODY_NOT_SET) {
                    return true;
                }
            }
            case CLAIM -> {
                var claimable = claimables.get(request.getClaim().getToken());
                if (claimable == null) {
                    answer.setError(Error.newBuilder()
                            .setReason(ErrorReason.ERROR_REASON_TOKEN_UNKNOWN)
                            .setMessage("the token is unknown, used or expired"));
                } else {
                    fds = descriptors(claimable, told);
                    answer.setDelivery(delivery(claimable));
                }
            }
            case RECLAIM -> {
                if (giver.isTooMuch(request.getReclaim())) {
                    var refusal = Error.newBuilder()
                            .setReason(ErrorReason.ERROR_REASON_INVALID_FIELD)
                            .setField("reclaim")
                            .putDetails("field", "reclaim");
                    return send(
                            connection,
                            channel,
                            FdFrame.newBuilder().setError(refusal),
                            request.getRequestId(),
                            List.of());
                }
                var given = giver.give(request.getReclaim());
                if (given.isEmpty()) {
                    return false;
                }
                claimables.put(ByteString.copyFromUtf8("reclaim-" + reclaims.incrementAndGet()), given.get());
                fds = descriptors(given.get(), told);
                answer.setDelivery(delivery(given.get()));
            }
            case ACKNOWLEDGE -> {
                answer.setReleased(Released.newBuilder().setDeliveryId(7));
                if (told == Lie.NONE) {
                    claimables.values().forEach(c -> c.descriptors().forEach(OwnedFd::close));
                    claimables.clear();
                }
            }
            case COMPLETE -> {
                completions.add(request.getComplete());
                answer.setCompleted(CompleteResponse.getDefaultInstance());
            }
            default -> throw new IllegalStateException("a client does not send " + request);
        }
        if (told == Lie.WRONG_BODY) {
            answer.setHello(Hello.getDefaultInstance());
        }
        int id = request.getRequestId() + (told == Lie.WRONG_REQUEST_ID ? 1 : 0);
        return send(connection, channel, answer, id, fds);
    }

    private static Delivery.Builder delivery(Claimable claimable) {
        return Delivery.newBuilder()
                .setActivation(claimable.activation())
                .setDeliveryId(claimable.descriptors().isEmpty() ? 0 : 7);
    }

    private static List<Fd> descriptors(Claimable claimable, Lie told) {
        var all = claimable.descriptors().stream().map(OwnedFd::fd).toList();
        return switch (told) {
            case FEWER_DESCRIPTORS -> all.subList(1, all.size());
            case MORE_DESCRIPTORS -> Stream.concat(all.stream(), all.stream()).toList();
            default -> all;
        };
    }

    private static boolean send(
            OwnedFd connection, DescriptorChannel channel, FdFrame.Builder frame, int id, List<Fd> fds) {
        return channel.sendBlocking(
                connection.fd(), frame.setRequestId(id).build().toByteArray(), fds);
    }

    /** As when the broker restarts: clients find their connection dead. */
    void hangUpAll() {
        open.forEach(connection -> {
            if (connection.isOpen()) {
                Sockets.shutdown(connection.fd(), Sockets.SHUT_RDWR);
            }
        });
    }

    @Override
    public void close() {
        Sockets.shutdown(listener.fd(), Sockets.SHUT_RDWR);
        hangUpAll();
        listener.close();
        deposits.values().forEach(fds -> fds.forEach(OwnedFd::close));
        claimables.values().forEach(c -> c.descriptors().forEach(OwnedFd::close));
    }
}
