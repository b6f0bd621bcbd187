package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.socketbroker.v1.Acknowledge;
import io.socketbroker.v1.ActivatedSocket;
import io.socketbroker.v1.AttachCredit;
import io.socketbroker.v1.AttachRequest;
import io.socketbroker.v1.AttachResponse;
import io.socketbroker.v1.AttachStart;
import io.socketbroker.v1.CompleteRequest;
import io.socketbroker.v1.Delivery;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.Hello;
import io.socketbroker.v1.LeaseCompletion;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.LeaseRevoked;
import io.socketbroker.v1.SessionServiceGrpc;
import io.socketbroker.v1.TaskKey;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** A program that is attached to a task, in the hands of a test that may also stall. Not thread-safe. */
final class AttachedSession implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 15;

    private final ByteString id = ProtocolClient.newDepositId();
    private final BlockingQueue<AttachResponse> responses = new ArrayBlockingQueue<>(10_000);
    private final Queue<FdConnection.Answer> waiting = new ArrayDeque<>();
    private final ProtocolClient client;
    private final StreamObserver<AttachRequest> stream;

    private AttachedSession(ProtocolClient client) {
        this.client = client;
        stream = SessionServiceGrpc.newStub(client.channel()).attach(new Collector<>(responses, response -> response));
    }

    /** Attaches through a connection of its own, which is closed with it. */
    static AttachedSession to(Path runtimeDirectory, TaskKey task, int credit) {
        AttachedSession session = started(runtimeDirectory, task, credit);
        session.hello();
        return session;
    }

    /** As the other, of the test's own default application. */
    static AttachedSession to(Path runtimeDirectory, String task, int credit) {
        return to(runtimeDirectory, TaskKey.newBuilder().setName(task).build(), credit);
    }

    /** The stream alone: {@link #hello} is for the caller to say, or not. */
    static AttachedSession started(Path runtimeDirectory, TaskKey task, int credit) {
        AttachedSession session = new AttachedSession(new ProtocolClient(runtimeDirectory));
        session.stream.onNext(AttachRequest.newBuilder()
                .setStart(AttachStart.newBuilder()
                        .setTask(task)
                        .setSessionId(session.id)
                        .setCredit(credit))
                .build());
        return session;
    }

    /** Ties fd.sock to the stream: deliveries may come from now on. */
    void hello() {
        FdFrame answer = ask(FdFrame.newBuilder().setHello(Hello.newBuilder().setSessionId(id)));
        assertThat(answer.hasWelcome()).as("welcome: %s", answer).isTrue();
        assertThat(response().hasStarted()).isTrue();
    }

    /** One request and its answer. */
    private FdFrame ask(FdFrame.Builder request) {
        return answer(client.fdSock().send(request, List.of()));
    }

    /** The answer to a request; deliveries that come before it wait for their turn. */
    FdFrame answer(int requestId) {
        FdConnection.Answer answer = client.fdSock().receive();
        while (answer.frame().getRequestId() != requestId) {
            assertThat(answer.frame().hasDelivery())
                    .as("unasked: %s", answer.frame())
                    .isTrue();
            waiting.add(answer);
            answer = client.fdSock().receive();
        }
        return answer.frame();
    }

    private AttachResponse response() {
        try {
            AttachResponse response = responses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(response).as("a word from the broker").isNotNull();
            return response;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The next word on the stream, which must be of a lease that is over. */
    LeaseRevoked revoked() {
        AttachResponse response = response();
        assertThat(response.hasRevoked()).as("revoked: %s", response).isTrue();
        return response.getRevoked();
    }

    void addCredit(int activations) {
        stream.onNext(AttachRequest.newBuilder()
                .setCredit(AttachCredit.newBuilder().setActivations(activations))
                .build());
    }

    /** The next delivery, whose descriptors are the receiver's to close; it must be acknowledged. */
    FdConnection.Answer unacknowledged() {
        FdConnection.Answer former = waiting.poll();
        FdConnection.Answer answer = former != null ? former : client.fdSock().receive();
        assertThat(answer.frame().hasDelivery())
                .as("delivery: %s", answer.frame())
                .isTrue();
        assertThat(answer.descriptors())
                .hasSameSizeAs(answer.frame().getDelivery().getActivation().getSocketsList());
        return answer;
    }

    /** What the broker says to the acknowledgement. */
    FdFrame acknowledge(Delivery delivery) {
        return answer(sendAcknowledgement(delivery));
    }

    /** Does not read the answer yet: see {@link #answer}. */
    int sendAcknowledgement(Delivery delivery) {
        return client.fdSock()
                .send(
                        FdFrame.newBuilder()
                                .setAcknowledge(Acknowledge.newBuilder().setDeliveryId(delivery.getDeliveryId())),
                        List.of());
    }

    /** The next delivery, acknowledged; the session has its sockets from here on. */
    FdConnection.Answer delivery() {
        FdConnection.Answer answer = unacknowledged();
        assertThat(acknowledge(answer.frame().getDelivery()).hasReleased()).isTrue();
        return answer;
    }

    /** Gives all sockets of a delivery back. */
    void giveBack(Delivery delivery) {
        CompleteRequest.Builder request = CompleteRequest.newBuilder().setToken(delivery.getToken());
        for (ActivatedSocket socket : delivery.getActivation().getSocketsList()) {
            request.addCompletions(LeaseCompletion.newBuilder()
                    .setKey(socket.getSocket().getKey())
                    .setGeneration(socket.getSocket().getGeneration())
                    .setOutcome(LeaseOutcome.LEASE_OUTCOME_RETURNED));
        }
        FdFrame answer = ask(FdFrame.newBuilder().setComplete(request));
        assertThat(answer.getCompleted().getErrorsList()).isEmpty();
    }

    /** Ends stream and connection. */
    @Override
    public void close() {
        waiting.forEach(FdConnection.Answer::close);
        client.close();
    }
}
