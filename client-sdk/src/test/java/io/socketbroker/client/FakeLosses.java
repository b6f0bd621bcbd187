package io.socketbroker.client;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a client sees of a broker that dies at a call: the next calls of a method meet what was lined up for it. */
final class FakeLosses implements ServerInterceptor {

    /** What becomes of a call. */
    enum Loss {
        /** It does not come to the broker. */
        CALL(Status.Code.UNAVAILABLE),
        /** What it asks for is done, and the broker dies. */
        REPLY(Status.Code.UNAVAILABLE),
        /** The same of one that ends in order. */
        CANCELLED_REPLY(Status.Code.CANCELLED),
        /** What it asks for is done, and the broker says nothing, but lives. */
        SILENCE(Status.Code.OK);

        private final Status.Code code;

        Loss(Status.Code code) {
            this.code = code;
        }
    }

    /** Names of all methods that were called. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    private final Map<String, Queue<Loss>> losses = new ConcurrentHashMap<>();

    /** For each of the next calls one. */
    void lineUp(MethodDescriptor<?, ?> method, Loss... next) {
        losses.computeIfAbsent(name(method), _ -> new ConcurrentLinkedQueue<>()).addAll(List.of(next));
    }

    /** How often a method was called. */
    long calls(MethodDescriptor<?, ?> method) {
        return calls.stream().filter(name(method)::equals).count();
    }

    private static String name(MethodDescriptor<?, ?> method) {
        return String.valueOf(method.getBareMethodName());
    }

    /** Notes a call of that method, which may come in another way than over gRPC, and gives what becomes of it. */
    Optional<Loss> next(MethodDescriptor<?, ?> method) {
        var name = name(method);
        calls.add(name);
        var lined = losses.get(name);
        return Optional.ofNullable(lined == null ? null : lined.poll());
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var lined = next(call.getMethodDescriptor());
        if (lined.isEmpty()) {
            return next.startCall(call, headers);
        }
        var loss = lined.get();
        if (loss == Loss.CALL) {
            call.close(loss.code.toStatus(), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void sendHeaders(Metadata unsent) {
                        // Lost.
                    }

                    @Override
                    public void sendMessage(A unsent) {
                        // Lost.
                    }

                    @Override
                    public void close(Status status, Metadata trailers) {
                        if (loss != Loss.SILENCE) {
                            super.close(loss.code.toStatus(), new Metadata());
                        }
                    }
                },
                headers);
    }
}
