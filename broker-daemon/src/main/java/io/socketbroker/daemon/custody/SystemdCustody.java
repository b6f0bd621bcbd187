package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.InCustody;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.loop.EventLoop;
import io.socketbroker.daemon.supervisor.InheritedDescriptors.Inherited;
import io.socketbroker.daemon.supervisor.NotifySocket;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.linux.LinuxException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Custody in the descriptor store of systemd (FDSTORE=1 of sd_notify(3), FileDescriptorStoreMax= of systemd.service(5)),
 * for hosts without the vault. Each store costs systemd time that grows with what it holds, so the number is capped.
 *
 * <p>systemd does not say what it took; a put counts as safe when the barrier behind it has been passed. So
 * FileDescriptorStoreMax= must not be below the cap. From version 254 on systemd tells it ($FDSTORE), and the lower of both
 * holds.
 */
public final class SystemdCustody implements Custody {
    /** Sockets, unless configured otherwise. */
    public static final int DEFAULT_MOST_SOCKETS = 256;

    private static final Duration BARRIER_TIMEOUT = Duration.ofSeconds(10);

    private final Map<String, String> environment;
    private final List<Inherited> given;
    private final int mostSockets;
    private final Duration barrierTimeout;
    private @Nullable NotifySocket socket;
    private @Nullable StoredDescriptors stored;
    private @Nullable FdStore store;

    /**
     * Custody with the service manager that started this process; tells it nothing yet.
     *
     * @param environment of this process
     * @param given everything inherited whose name passes {@link #isStored}; owned by this object until {@link #recover}
     * @param mostSockets the cap, from 1
     */
    public SystemdCustody(Map<String, String> environment, List<Inherited> given, int mostSockets) {
        this(environment, given, mostSockets, BARRIER_TIMEOUT);
    }

    SystemdCustody(Map<String, String> environment, List<Inherited> given, int mostSockets, Duration barrierTimeout) {
        this.environment = Map.copyOf(environment);
        this.given = List.copyOf(given);
        this.mostSockets = Math.min(mostSockets, storeSize(environment));
        this.barrierTimeout = barrierTimeout;
    }

    /** Whether an inherited descriptor of this name comes from here. */
    public static boolean isStored(String name) {
        return StoredName.parse(name).isPresent();
    }

    private static int storeSize(Map<String, String> environment) {
        try {
            return Integer.parseUnsignedInt(environment.getOrDefault("FDSTORE", ""));
        } catch (NumberFormatException e) {
            return Integer.MAX_VALUE;
        }
    }

    @Override
    public String name() {
        return "systemd";
    }

    @Override
    public Recovery recover() throws IOException {
        if (mostSockets == 0) {
            throw new IOException(
                    "custody in systemd needs a descriptor store: set FileDescriptorStoreMax= of the unit");
        }
        try {
            socket = NotifySocket.of(environment)
                    .orElseThrow(() -> new IOException("custody in systemd needs a service manager that listens ($"
                            + NotifySocket.VARIABLE + "): run as a unit with Type=notify and"
                            + " FileDescriptorStoreMax=, or choose another custody"));
        } catch (IllegalArgumentException | LinuxException e) {
            throw new IOException("the service manager cannot be reached: " + e.getMessage(), e);
        }
        stored = new StoredDescriptors(given);
        return stored.recovery();
    }

    @Override
    public void serve(EventLoop loop, Refill refill) {
        if (socket == null || stored == null) {
            throw new IllegalStateException("recover comes before serve");
        }
        store = new FdStore(loop, socket, mostSockets, barrierTimeout);
        store.begin(stored);
    }

    private FdStore store() {
        if (store == null) {
            throw new IllegalStateException("custody does not serve yet");
        }
        return store;
    }

    @Override
    public CompletionStage<Void> put(List<Held> sockets) {
        return store().put(sockets);
    }

    @Override
    public void drop(Slot slot, long cookie) {
        store().drop(new Entry(slot.index(), cookie));
    }

    @Override
    public CompletionStage<List<InCustody>> inventory() {
        // systemd cannot be asked: this is what it was given and passed the barrier behind.
        return CompletableFuture.completedStage(store().entries());
    }

    /** False: systemd gives nothing back before it has started another process. */
    @Override
    public boolean isWhole() {
        return false;
    }

    @Override
    public int holderPid() {
        return ProcessHandle.current()
                .parent()
                .map(ProcessHandle::pid)
                .orElse(0L)
                .intValue();
    }

    @Override
    public void close() {
        if (stored == null) {
            given.forEach(inherited -> inherited.descriptor().close());
        }
        if (store != null) {
            store.close();
        }
        if (socket != null) {
            socket.close();
        }
    }
}
