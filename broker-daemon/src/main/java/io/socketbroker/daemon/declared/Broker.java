package io.socketbroker.daemon.declared;

import io.socketbroker.configuration.ListenerDeclaration;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.Declared;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.v1.CloseSocketRequest;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.EventType;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListSocketsResponse;
import io.socketbroker.v1.Socket;
import io.socketbroker.v1.SocketDisposition;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.Task;
import io.socketbroker.v1.TaskKey;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.UnregisterTaskRequest;
import io.socketbroker.v1.UpdateSocketRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The conductor, asked by the configuration, which waits for each answer. Not on the conductor's thread. A refusal is thrown as
 * {@link BrokerRefusal}.
 */
final class Broker {
    private static final int PAGE_SIZE = 10_000;
    private static final long PATIENCE_SECONDS = 30;

    private final Conductor conductor;
    private final Caller caller;

    Broker(Conductor conductor, int uid) {
        this.conductor = conductor;
        caller = new Caller(uid, Math.toIntExact(ProcessHandle.current().pid()), true);
    }

    private <T> T ask(Function<Brokerage, T> question) {
        return answer(conductor.call(question));
    }

    private static <T> T answer(CompletableFuture<T> reply) {
        try {
            return reply.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException _) {
            throw stopping("does not answer");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw stopping("is stopping");
        }
    }

    private static BrokerRefusal stopping(String why) {
        return new BrokerRefusal(ErrorReason.ERROR_REASON_STOPPING, "", "the broker " + why + "; reload later");
    }

    List<Task> tasks() {
        return ask(brokerage -> brokerage.tasks(caller, Declared.APP));
    }

    /** Whether something has changed. */
    boolean register(String task, TaskSpec spec) {
        return ask(brokerage -> brokerage.declared().register(task, spec));
    }

    /** How many sockets are orphaned. */
    int unregister(String task) {
        return ask(brokerage -> brokerage.unregister(
                caller,
                UnregisterTaskRequest.newBuilder()
                        .setKey(TaskKey.newBuilder()
                                .setApp(Declared.APP)
                                .setName(task)
                                .setUid(caller.uid()))
                        .setSockets(SocketDisposition.SOCKET_DISPOSITION_ORPHAN)
                        .build()));
    }

    /** The declared listening and datagram sockets by their ids; not the connections of the former. */
    Map<String, Socket> listeners() {
        Map<String, Socket> listeners = new LinkedHashMap<>();
        String page = "";
        do {
            ListSocketsRequest request = ListSocketsRequest.newBuilder()
                    .setApp(Declared.APP)
                    .setPageSize(PAGE_SIZE)
                    .setPageToken(page)
                    .build();
            ListSocketsResponse answer = ask(brokerage -> brokerage.sockets(caller, request));
            answer.getSocketsList().stream()
                    .filter(socket -> socket.getKind() == SocketKind.SOCKET_KIND_LISTENER
                            || socket.getKind() == SocketKind.SOCKET_KIND_DATAGRAM)
                    .forEach(socket -> listeners.put(socket.getKey().getSocketId(), socket));
            page = answer.getNextPageToken();
        } while (!page.isEmpty());
        return listeners;
    }

    /** With its context. */
    Socket socket(String id) {
        return ask(brokerage -> brokerage.socket(caller, key(id)));
    }

    private SocketKey key(String id) {
        return SocketKey.newBuilder()
                .setApp(Declared.APP)
                .setSocketId(id)
                .setUid(caller.uid())
                .build();
    }

    /** The socket becomes the conductor's; one that has its id is closed. */
    void take(ListenerDeclaration listener, OwnedFd socket) {
        answer(conductor.take(
                caller,
                TransferOwnershipRequest.newBuilder()
                        .setApp(Declared.APP)
                        .addItems(listener.item())
                        .build(),
                socket));
    }

    void update(ListenerDeclaration listener) {
        ask(brokerage -> brokerage.update(
                caller,
                UpdateSocketRequest.newBuilder()
                        .setKey(key(listener.id()))
                        .setContext(listener.context())
                        .setKeepAlive(listener.keepAlive())
                        .setOptions(listener.options())
                        .build()));
    }

    Optional<OwnedFd> duplicate(String id) {
        return answer(conductor.duplicate(id));
    }

    void letGo(String id) {
        ask(brokerage -> {
            brokerage.declared().letGo(id);
            return true;
        });
    }

    void close(String id) {
        ask(brokerage -> brokerage.close(
                caller, CloseSocketRequest.newBuilder().setKey(key(id)).build()));
    }

    void tell(EventType type, String message) {
        ask(brokerage -> {
            brokerage.declared().tell(type, message);
            return true;
        });
    }
}
