package io.socketbroker.daemon.conductor;

import static java.util.stream.Collectors.partitioningBy;

import io.socketbroker.daemon.activation.Giver;
import io.socketbroker.daemon.activation.HandlerIdentity;
import io.socketbroker.daemon.core.Activity;
import io.socketbroker.daemon.core.BrokerRefusal;
import io.socketbroker.daemon.core.Brokerage;
import io.socketbroker.daemon.core.Candidate;
import io.socketbroker.daemon.core.Recovery;
import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.core.Token;
import io.socketbroker.daemon.custody.Custody;
import io.socketbroker.daemon.custody.Held;
import io.socketbroker.daemon.custody.Recovered;
import io.socketbroker.daemon.watch.DescriptorTable;
import io.socketbroker.daemon.watch.LingeringSockets;
import io.socketbroker.daemon.watch.SocketInspector;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.CloseCause;
import io.socketbroker.v1.SocketState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings descriptors from custody and records from the journal together, by SO_COOKIE and never by number or order. Before
 * the conductor's thread runs.
 */
final class Restoration {
    private static final Logger log = LoggerFactory.getLogger(Restoration.class);

    private final Recovery recovery;
    private final Activity activity;
    private final DescriptorTable descriptors;
    private final SocketInspector inspector;
    private final Custody custody;

    Restoration(Brokerage brokerage, DescriptorTable descriptors, SocketInspector inspector, Custody custody) {
        this.recovery = brokerage.recovery();
        this.activity = brokerage.activity();
        this.descriptors = descriptors;
        this.inspector = inspector;
        this.custody = custody;
    }

    /** The effects that follow are run by the caller. */
    Recovery.Outcome restore(Inheritance inheritance) {
        recovery.numbersUsed(inheritance.lastNumber());
        recovery.tasks(inheritance.tasks());
        Map<Long, Recovered> unmatched = new LinkedHashMap<>();
        inheritance.descriptors().forEach(recovered -> unmatched.put(recovered.cookie(), recovered));
        List<Recovery.Kept> kept = new ArrayList<>();
        List<StoredSocket> lost = new ArrayList<>();
        for (StoredSocket stored : withHandlers(inheritance.sockets())) {
            Recovered found = unmatched.remove(stored.getCookie());
            if (found == null) {
                lost.add(stored);
            } else if (isOfGiver(stored, found)) {
                log.info(
                        "socket {} of app {} is still its giver's: the transfer was not acknowledged",
                        stored.getSocketId(),
                        stored.getApp());
                letGo(found);
                lost.add(stored);
            } else {
                descriptors.bind(found.slot(), found.descriptor());
                kept.add(new Recovery.Kept(found.slot(), stored, HandlerIdentity.holds(stored.getLease())));
            }
        }
        Strays strays = new Strays(kept, hasRecords(inheritance));
        List<Recovery.Stranger> strangers = new ArrayList<>();
        List<Strays.Arrival> arrivals = new ArrayList<>();
        for (Recovered found : unmatched.values()) {
            examine(found).ifPresent(candidate -> {
                switch (strays.judge(candidate)) {
                    case Strays.Verdict.Accepted(Slot listener) ->
                        arrivals.add(new Strays.Arrival(listener, found, candidate));
                    case Strays.Verdict.Unknown _ -> {
                        strangers.add(new Recovery.Stranger(found.slot(), candidate));
                        descriptors.bind(found.slot(), found.descriptor());
                    }
                    case Strays.Verdict.OfGiver _ -> letGo(found);
                }
            });
        }
        Map<Boolean, List<StoredSocket>> ofFormerBoots =
                inheritance.socketsOfFormerBoots().stream().collect(partitioningBy(recovery::wakesAfterReboot));
        recovery.lost(ofFormerBoots.getOrDefault(false, List.of()), CloseCause.CLOSE_CAUSE_REBOOT);
        Recovery.Outcome outcome = recovery.sockets(kept, strangers, lost, CloseCause.CLOSE_CAUSE_BROKER_LOST);
        ofFormerBoots.getOrDefault(true, List.of()).forEach(this::wakeAfterReboot);
        arrivals.forEach(this::admit);
        if (outcome.restored() + outcome.lost() + outcome.unknown() > 0) {
            log.info(
                    "{} sockets restored, {} lost, {} unknown and kept aside",
                    outcome.restored(),
                    outcome.lost(),
                    outcome.unknown());
        }
        return outcome;
    }

    /** With the processes of handlers whose start was not recorded any more. */
    private static List<StoredSocket> withHandlers(List<StoredSocket> sockets) {
        if (sockets.stream().noneMatch(Restoration::lacksHandler)) {
            return sockets;
        }
        Map<String, HandlerIdentity.Started> started = HandlerIdentity.started();
        return sockets.stream()
                .map(stored -> lacksHandler(stored) ? withHandler(stored, started) : stored)
                .toList();
    }

    private static boolean lacksHandler(StoredSocket stored) {
        return stored.getState() == SocketState.SOCKET_STATE_LEASED
                && stored.getLease().getHolderPid() == 0
                && stored.getLease().getSessionId().isEmpty();
    }

    private static StoredSocket withHandler(StoredSocket stored, Map<String, HandlerIdentity.Started> started) {
        Optional<HandlerIdentity.Started> handler =
                Token.of(stored.getLease().getToken()).flatMap(token -> Optional.ofNullable(started.get(token.hex())));
        return handler.map(found -> stored.toBuilder()
                        .setLease(stored.getLease().toBuilder()
                                .setHolderPid(found.pid())
                                .setHandedOver(!found.claims()))
                        .build())
                .orElse(stored);
    }

    /** The reply leaves after the record and before the giver closes its own; who has not closed it had no reply. */
    private static boolean isOfGiver(StoredSocket stored, Recovered found) {
        return stored.getState() == SocketState.SOCKET_STATE_DEPOSITED
                && Giver.stillHas(
                        stored.getLease().getHolderPid(), found.descriptor().fd());
    }

    /** A store that was never written knows nothing of what is in custody. */
    private static boolean hasRecords(Inheritance inheritance) {
        return inheritance.lastNumber() > 0
                || !inheritance.tasks().isEmpty()
                || !inheritance.sockets().isEmpty()
                || !inheritance.socketsOfFormerBoots().isEmpty();
    }

    private Optional<Candidate> examine(Recovered found) {
        try {
            return Optional.of(inspector.inspect(found.descriptor().fd(), "an unknown socket"));
        } catch (BrokerRefusal | LinuxException e) {
            log.info("an unknown socket of the former broker is let go: {}", e.getMessage());
            letGo(found);
            return Optional.empty();
        }
    }

    private void letGo(Recovered found) {
        custody.drop(found.slot(), found.cookie());
        LingeringSockets.close(found.descriptor());
    }

    /** In another slot than the former broker had it in: the listener's rules give it one. */
    private void admit(Strays.Arrival arrival) {
        Recovered found = arrival.socket();
        Optional<Slot> slot = activity.accepted(arrival.listener(), arrival.candidate());
        if (slot.isEmpty()) {
            letGo(found);
            return;
        }
        Fd bound = descriptors.bind(slot.get(), found.descriptor());
        if (!slot.get().equals(found.slot())) {
            custody.drop(found.slot(), found.cookie());
        }
        custody.put(List.of(new Held(slot.get(), found.cookie(), bound)));
    }

    /** The handler's socket is one end of a pair whose other end is closed: reading it gives the end of file. */
    private void wakeAfterReboot(StoredSocket stored) {
        OwnedFd stand;
        try {
            Sockets.Pair pair = Sockets.pair(Sockets.SOCK_STREAM);
            pair.second().close();
            stand = pair.first();
        } catch (LinuxException e) {
            log.warn(
                    "no handler is told that socket {} of app {} ended with the host: {}",
                    stored.getSocketId(),
                    stored.getApp(),
                    e.getMessage());
            recovery.lost(List.of(stored), CloseCause.CLOSE_CAUSE_REBOOT);
            return;
        }
        long cookie = SocketOptions.cookie(stand.fd());
        Slot slot = recovery.wakeAfterReboot(stored, cookie);
        custody.put(List.of(new Held(slot, cookie, descriptors.bind(slot, stand))));
    }
}
