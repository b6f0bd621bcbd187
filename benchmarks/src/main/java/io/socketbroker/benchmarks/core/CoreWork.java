package io.socketbroker.benchmarks.core;

import com.google.protobuf.util.Durations;
import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Candidate;
import io.socketbroker.daemon.core.Readiness;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.core.Token;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.KeepAlive;
import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListSocketsResponse;
import io.socketbroker.v1.ReclaimRequest;
import io.socketbroker.v1.SocketKey;
import io.socketbroker.v1.SocketKind;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.UpdateSocketRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** What is done with all sockets, operation by operation; each gives nanoseconds for one socket, a value for each batch. */
final class CoreWork {
    /** As many as one message to fd.sock carries (SCM_MAX_FD). */
    private static final int BATCH = 253;

    private static final int PAGE = 1_000;
    private static final int WAKES = 25_300;
    private static final int STATUS_CALLS = 20;
    private static final long MILLI_NANOS = 1_000_000L;
    private static final int FIRST_EXPIRY_MILLIS = 600_000;

    /** Not above the first expiry, so that no socket has its second one meanwhile. */
    private static final int EXPIRY_SPREAD_MILLIS = 600_000;

    private static final int STEP_MILLIS = 10;

    private final int sockets;
    private final CoreShell shell;

    CoreWork(int sockets, CoreShell shell) {
        this.sockets = sockets;
        this.shell = shell;
    }

    private Brokerage brokerage() {
        return shell.brokerage;
    }

    private static String id(int index) {
        return "connection-" + index;
    }

    private static SocketKey key(int index) {
        return SocketKey.newBuilder().setSocketId(id(index)).build();
    }

    private static Candidate candidate(int index) {
        Endpoint local = new Endpoint.Inet(InetAddress.ofLiteral("192.0.2.1"), 443);
        Endpoint peer = new Endpoint.Inet(
                InetAddress.ofLiteral("10." + (index >> 16) + "." + (index >> 8 & 255) + "." + (index & 255)), 40_000);
        // The kernel's cookies grow by one, and more on a host that does other things too.
        return new Candidate(
                SocketKind.SOCKET_KIND_STREAM, "tcp", 3L * index + 1, Optional.of(local), Optional.of(peer), true);
    }

    /** All of them from the application to PARKED. */
    List<Long> transfer() {
        List<Long> values = new ArrayList<>();
        for (int first = 0; first < sockets; first += BATCH) {
            TransferOwnershipRequest.Builder items = TransferOwnershipRequest.newBuilder();
            List<Candidate> candidates = new ArrayList<>();
            for (int i = first; i < Math.min(first + BATCH, sockets); i++) {
                items.addItems(TransferItem.newBuilder().setSocketId(id(i)).setTask(CoreShell.TASK));
                candidates.add(candidate(i));
            }
            TransferOwnershipRequest request = items.build();
            shell.start();
            List<Slot> slots = brokerage().transfer(CoreShell.OWNER, request, candidates).stream()
                    .map(Brokerage.Adopted::slot)
                    .toList();
            shell.settle();
            brokerage().custodyTaken(slots);
            shell.settle();
            values.add(shell.spentNanos() / candidates.size());
        }
        requireAll();
        return values;
    }

    private void requireAll() {
        if (brokerage().totals().sockets() != sockets) {
            throw new InvalidRunException("there are " + brokerage().totals().sockets() + " sockets of " + sockets);
        }
    }

    /** Data, delivery, acknowledgement and return of single sockets anywhere in the table. */
    List<Long> wakes() {
        shell.attach();
        SplittableRandom random = new SplittableRandom(3);
        List<Long> values = new ArrayList<>();
        long before = shell.delivered();
        for (int done = 0; done < Math.min(WAKES, 5 * sockets); done += BATCH) {
            shell.start();
            for (int i = 0; i < BATCH; i++) {
                brokerage().activity().ready(new Slot(random.nextInt(sockets)), new Readiness.Data(1, false));
                shell.settle();
            }
            values.add(shell.spentNanos() / BATCH);
        }
        if (shell.delivered() - before != (long) values.size() * BATCH) {
            throw new InvalidRunException("not every wake came to the session");
        }
        return values;
    }

    /** After the first expiry; neighbours lie far apart. */
    private static int expiryMillis(int index) {
        return Math.toIntExact((7_919L * index) % EXPIRY_SPREAD_MILLIS);
    }

    /** Gives each socket a keep-alive of its own time. */
    List<Long> update() {
        List<Long> values = new ArrayList<>();
        for (int first = 0; first < sockets; first += BATCH) {
            List<UpdateSocketRequest> requests = new ArrayList<>();
            for (int i = first; i < Math.min(first + BATCH, sockets); i++) {
                long millis = (long) FIRST_EXPIRY_MILLIS + expiryMillis(i);
                requests.add(UpdateSocketRequest.newBuilder()
                        .setKey(key(i))
                        .setKeepAlive(KeepAlive.newBuilder().setInterval(Durations.fromMillis(millis)))
                        .build());
            }
            shell.start();
            requests.forEach(request -> brokerage().update(CoreShell.OWNER, request));
            shell.settle();
            values.add(shell.spentNanos() / requests.size());
        }
        return values;
    }

    /**
     * All keep-alives once, each in its own step of the clock: it wakes the session, and begins anew when its socket is parked
     * again.
     */
    List<Long> expiries() {
        int[] expected = new int[EXPIRY_SPREAD_MILLIS / STEP_MILLIS];
        for (int i = 0; i < sockets; i++) {
            expected[expiryMillis(i) / STEP_MILLIS]++;
        }
        List<Long> values = new ArrayList<>();
        shell.advance((FIRST_EXPIRY_MILLIS - 1) * MILLI_NANOS);
        shell.settle();
        for (int due : expected) {
            long before = shell.delivered();
            shell.start();
            shell.advance(STEP_MILLIS * MILLI_NANOS);
            shell.settle();
            long spent = shell.spentNanos();
            long expired = shell.delivered() - before;
            if (expired != due) {
                throw new InvalidRunException(expired + " keep-alives expired in a step of " + due);
            }
            if (due > 0) {
                values.add(spent / due);
            }
        }
        return values;
    }

    /** Page by page, each socket once. */
    List<Long> list() {
        List<Long> values = new ArrayList<>();
        String token = "";
        int seen = 0;
        do {
            ListSocketsRequest request = ListSocketsRequest.newBuilder()
                    .setPageSize(PAGE)
                    .setPageToken(token)
                    .build();
            shell.start();
            ListSocketsResponse page = brokerage().sockets(CoreShell.OWNER, request);
            values.add(shell.spentNanos() / Math.max(1, page.getSocketsCount()));
            token = page.getNextPageToken();
            seen += page.getSocketsCount();
        } while (!token.isEmpty());
        if (seen != sockets) {
            throw new InvalidRunException(seen + " sockets are listed of " + sockets);
        }
        return values;
    }

    /** The counts of GetStatus: nanoseconds of a whole call. */
    List<Long> status() {
        List<Long> values = new ArrayList<>();
        for (int i = 0; i < STATUS_CALLS; i++) {
            shell.start();
            int parked = brokerage().counts(CoreShell.OWNER).socketsByState().getOrDefault("PARKED", 0);
            values.add(shell.spentNanos());
            if (parked != sockets) {
                throw new InvalidRunException(parked + " sockets are counted of " + sockets);
            }
        }
        return values;
    }

    /** A tenth of all goes back to the application. */
    List<Long> reclaim() {
        List<Long> values = new ArrayList<>();
        int end = sockets / 10;
        for (int first = 0; first < end; first += BATCH) {
            ReclaimRequest.Builder keys = ReclaimRequest.newBuilder();
            for (int i = first; i < Math.min(first + BATCH, end); i++) {
                keys.addKeys(key(10 * i));
            }
            ReclaimRequest request = keys.build();
            shell.start();
            var reply = brokerage().reclaim(CoreShell.OWNER, request);
            shell.settle();
            Brokerage.Outgoing outgoing = brokerage().claim(CoreShell.OWNER, Token.named(reply.getToken()), 2);
            brokerage().acknowledge(outgoing.deliveryId(), 2);
            shell.settle();
            values.add(shell.spentNanos() / request.getKeysCount());
        }
        if (brokerage().totals().sockets() != sockets - end) {
            throw new InvalidRunException("reclaimed sockets are still there");
        }
        return values;
    }
}
