package io.socketbroker.daemon.systemd;

import io.socketbroker.linux.Signals;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One unit that was asked for: turns what its rules want into method calls, and answers into what they take. */
final class ManagedUnit implements UnitLife.Port {
    private static final Logger log = LoggerFactory.getLogger(ManagedUnit.class);

    private final long activationId;
    private final String name;
    private final String path;
    private final Calls calls;
    private final Consumer<ManagedUnit> whenOver;
    private final UnitLife life;
    private int signalForLater;

    /**
     * A unit that waits for a connection.
     *
     * @param calls where its calls go
     * @param whenOver told once
     */
    ManagedUnit(
            long activationId, String name, Calls calls, Consumer<ManagedUnit> whenOver, UnitLauncher.Outcome outcome) {
        this.activationId = activationId;
        this.name = name;
        this.path = Systemd.unitPath(name);
        this.calls = calls;
        this.whenOver = whenOver;
        this.life = new UnitLife(name, this, outcome);
    }

    long activationId() {
        return activationId;
    }

    /** Of its object on the bus. */
    String path() {
        return path;
    }

    UnitLife life() {
        return life;
    }

    /** There is a connection; a signal that waited for it is sent. */
    void connected() {
        life.connected();
        if (signalForLater != 0) {
            int signal = signalForLater;
            signalForLater = 0;
            signal(signal, true);
        }
    }

    /** SIGTERM stops the unit, anything else goes to all its processes. Without a connection the last one waits. */
    void signal(int signal, boolean connected) {
        if (life.isUnderWay() && !connected) {
            signalForLater = signal;
        } else if (signal == Signals.SIGTERM || !life.isUnderWay()) {
            life.stop();
        } else {
            callManager("KillUnit", "ssi", List.of(name, "all", signal));
        }
    }

    @Override
    public void askActiveState() {
        calls.add(
                path,
                new BusCall(Systemd.PROPERTIES, "Get", "ss", List.of(Systemd.UNIT, "ActiveState")),
                reply -> life.activeStateIs(reply.values().getFirst().toString()),
                this::refused);
    }

    @Override
    public void start() {
        calls.add(
                Systemd.PATH,
                new BusCall(Systemd.MANAGER, "StartUnit", "ss", List.of(name, "replace")),
                reply -> life.startAccepted(reply.values().getFirst().toString()),
                this::refused);
    }

    @Override
    public void stop() {
        callManager("StopUnit", "ss", List.of(name, "replace"));
    }

    @Override
    public void resetFailed() {
        callManager("ResetFailedUnit", "s", List.of(name));
    }

    @Override
    public void askAllProperties() {
        Map<Object, Object> all = new HashMap<>();
        ask(Systemd.SERVICE, properties -> {
            all.putAll(properties);
            ask(Systemd.UNIT, more -> {
                all.putAll(more);
                life.resumed(all);
            });
        });
    }

    private void ask(String type, Consumer<Map<?, ?>> answer) {
        calls.add(
                path,
                new BusCall(Systemd.PROPERTIES, "GetAll", "s", List.of(type)),
                reply -> {
                    if (reply.values().getFirst() instanceof Map<?, ?> properties) {
                        answer.accept(properties);
                    }
                },
                this::refused);
    }

    @Override
    public void over() {
        whenOver.accept(this);
    }

    private void refused(BusMessage.Refusal refusal) {
        String hint = refusal.error().endsWith(".AccessDenied")
                        || refusal.error().endsWith(".InteractiveAuthorizationRequired")
                ? " (the manager's policy must let the broker's user start it)"
                : "";
        life.startRefused(
                "the manager refuses: " + (refusal.text().isEmpty() ? refusal.error() : refusal.text()) + hint);
    }

    /** What need not succeed: there may be nothing to stop any more. */
    private void callManager(String method, String signature, List<Object> arguments) {
        calls.add(
                Systemd.PATH,
                new BusCall(Systemd.MANAGER, method, signature, arguments),
                _ -> {},
                refusal -> log.debug("{} of {}: {}", method, name, refusal.text()));
    }
}
