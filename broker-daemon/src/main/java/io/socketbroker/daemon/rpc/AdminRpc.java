package io.socketbroker.daemon.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.socketbroker.daemon.conductor.Conductor;
import io.socketbroker.daemon.core.BrokerLimits;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.core.Queries;
import io.socketbroker.daemon.core.Views;
import io.socketbroker.daemon.events.EventRing;
import io.socketbroker.daemon.events.EventSubscription;
import io.socketbroker.v1.AdminServiceGrpc;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.Event;
import io.socketbroker.v1.ExplainRequest;
import io.socketbroker.v1.ExplainResponse;
import io.socketbroker.v1.GetCustodyRequest;
import io.socketbroker.v1.GetCustodyResponse;
import io.socketbroker.v1.GetStatusRequest;
import io.socketbroker.v1.GetStatusResponse;
import io.socketbroker.v1.LimitUse;
import io.socketbroker.v1.ListActivationsRequest;
import io.socketbroker.v1.ListActivationsResponse;
import io.socketbroker.v1.ReloadRequest;
import io.socketbroker.v1.ReloadResponse;
import io.socketbroker.v1.UpgradeRequest;
import io.socketbroker.v1.UpgradeResponse;
import io.socketbroker.v1.WatchEventsRequest;
import io.socketbroker.v1.WatchEventsResponse;
import java.time.Instant;
import java.util.concurrent.Executor;

/** AdminService. */
final class AdminRpc extends AdminServiceGrpc.AdminServiceImplBase {
    private static final int MOST_LOOKS = 3;

    private final Conductor conductor;
    private final Replies replies;
    private final Executor executor;
    private final EventRing events;
    private final BrokerLimits limits;
    private final Identity self;
    private final Reloader reloader;
    private final CustodyLook custody;
    private final Upgrades upgrades;

    /**
     * What the daemon says of itself.
     *
     * @param version of the build
     * @param uid of the process
     * @param custody name of the custody in use
     * @param startedAt when it began to serve
     */
    record Identity(String version, int uid, String custody, Instant startedAt) {}

    AdminRpc(
            Conductor conductor,
            Replies replies,
            Executor executor,
            EventRing events,
            BrokerLimits limits,
            Identity self,
            CustodyLook custody,
            Upgrades upgrades,
            Reloader reloader) {
        this.reloader = reloader;
        this.conductor = conductor;
        this.replies = replies;
        this.executor = executor;
        this.events = events;
        this.limits = limits;
        this.self = self;
        this.custody = custody;
        this.upgrades = upgrades;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
        Caller caller = Callers.current();
        replies.send(conductor.call(brokerage -> brokerage.counts(caller)), observer, this::status);
    }

    private GetStatusResponse status(Queries.Counts counts) {
        return GetStatusResponse.newBuilder()
                .setVersion(self.version)
                .setPid((int) ProcessHandle.current().pid())
                .setUid(self.uid)
                .setStartedAt(Views.timestamp(self.startedAt))
                .putAllSocketsByState(counts.socketsByState())
                .setTasks(counts.tasks())
                .setRunningHandlers(counts.runningHandlers())
                .setCustody(self.custody)
                .addLimits(limit("sockets", limits.sockets(), counts.sockets()))
                .addLimits(limit("sockets-per-uid", limits.socketsPerUid(), counts.ownSockets()))
                .addLimits(limit("context-bytes-per-uid", limits.contextBytesPerUid(), counts.ownContextBytes()))
                .addLimits(limit("tasks-per-uid", limits.tasksPerUid(), counts.tasks()))
                .addLimits(limit("handlers", limits.handlers(), counts.runningHandlers()))
                .build();
    }

    private static LimitUse limit(String name, long value, long used) {
        return LimitUse.newBuilder().setName(name).setLimit(value).setUsed(used).build();
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> observer) {
        Caller caller = Callers.current();
        if (!request.getFollow()) {
            executor.execute(() -> {
                events.after(request.getAfterSequence(), caller).forEach(event -> observer.onNext(response(event)));
                observer.onCompleted();
            });
            return;
        }
        var call = (ServerCallStreamObserver<WatchEventsResponse>) observer;
        EventSubscription subscription = new EventSubscription(caller, executor, new EventSubscription.Reader() {
            @Override
            public boolean isReady() {
                return call.isReady();
            }

            @Override
            public void take(Event event) {
                call.onNext(response(event));
            }
        });
        call.setOnReadyHandler(subscription::drainSoon);
        call.setOnCancelHandler(() -> events.unsubscribe(subscription));
        if (!events.subscribe(subscription, request.getAfterSequence())) {
            observer.onError(Refusals.status(
                    BrokerRefusal.limit("event-readers", EventRing.MOST_SUBSCRIBERS, "all users", "end some")));
        }
    }

    private static WatchEventsResponse response(Event event) {
        return WatchEventsResponse.newBuilder().setEvent(event).build();
    }

    @Override
    public void listActivations(ListActivationsRequest request, StreamObserver<ListActivationsResponse> observer) {
        Caller caller = Callers.current();
        replies.send(
                conductor.call(brokerage -> brokerage.activations(caller)),
                observer,
                activations -> ListActivationsResponse.newBuilder()
                        .addAllActivations(activations)
                        .build());
    }

    @Override
    public void explain(ExplainRequest request, StreamObserver<ExplainResponse> observer) {
        Caller caller = Callers.current();
        replies.send(
                conductor.call(brokerage -> brokerage.explain(caller, request.getKey())),
                observer,
                explained -> ExplainResponse.newBuilder()
                        .setExplanation(explained.words())
                        .addAllEvents(events.after(0, caller).stream()
                                .filter(event -> event.getSocket().equals(explained.key()))
                                .toList())
                        .build());
    }

    @Override
    public void getCustody(GetCustodyRequest request, StreamObserver<GetCustodyResponse> observer) {
        Caller caller = Callers.current();
        look(caller, request, observer, 1);
    }

    @Override
    public void upgrade(UpgradeRequest request, StreamObserver<UpgradeResponse> observer) {
        if (!Callers.current().sees(self.uid)) {
            observer.onError(Refusals.status(new BrokerRefusal(
                    ErrorReason.ERROR_REASON_FOREIGN_UID,
                    "",
                    "only the broker's own user and administrators upgrade it")));
            return;
        }
        // A thread of its own: it waits for a program.
        Thread.ofPlatform().name("upgrade").daemon().start(() -> {
            try {
                upgrades.begin();
            } catch (BrokerRefusal refusal) {
                observer.onError(Refusals.status(refusal));
                return;
            }
            observer.onNext(UpgradeResponse.newBuilder()
                    .setPid((int) ProcessHandle.current().pid())
                    .build());
            observer.onCompleted();
        });
    }

    private void look(Caller caller, GetCustodyRequest request, StreamObserver<GetCustodyResponse> observer, int time) {
        var _ = conductor
                .holdings(caller)
                .whenCompleteAsync(
                        (holdings, failure) -> {
                            if (failure != null) {
                                observer.onError(Refusals.status(failure));
                                return;
                            }
                            GetCustodyResponse answer = custody.answer(caller, holdings, request.getDifferencesOnly());
                            if (answer.getDifferences() > 0 && time < MOST_LOOKS) {
                                // What was on its way between them is no difference.
                                look(caller, request, observer, time + 1);
                                return;
                            }
                            observer.onNext(answer);
                            observer.onCompleted();
                        },
                        executor);
    }

    @Override
    public void reload(ReloadRequest request, StreamObserver<ReloadResponse> observer) {
        Caller caller = Callers.current();
        if (!caller.administrator() && caller.uid() != self.uid) {
            observer.onError(Refusals.status(new BrokerRefusal(
                    ErrorReason.ERROR_REASON_FOREIGN_UID,
                    "",
                    "only the broker's user, root and administrators may reload its configuration")));
            return;
        }
        replies.send(reloader.reload(), observer);
    }
}
