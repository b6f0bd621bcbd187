package io.socketbroker.daemon.vault;

import io.socketbroker.daemon.faults.FailPoint;
import io.socketbroker.linux.DescriptorChannel.Received.Message;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.ResourceLimits;
import io.socketbroker.linux.SocketOptions;
import java.util.List;

/** Carries out requests: wholly or not at all. On the vault's only thread. */
final class Requests {
    /** Kept for connections, so that a broker gets in however full the vault is. */
    private static final int RESERVED_DESCRIPTORS = 16;

    private final Holdings holdings = new Holdings();

    /**
     * Takes a message and its descriptors.
     *
     * @param opened whether the connection is the broker's
     * @return OPENED for OPEN: making the connection the broker's is left to the caller
     */
    Answer answer(Message message, boolean opened) {
        try (message) {
            return answer(decode(message), message.descriptors(), opened);
        } catch (FrameException refusal) {
            return Answer.refusal(Frame.sequenceOf(message.payload()), refusal);
        }
    }

    /** How many sockets are held. */
    int count() {
        return holdings.count();
    }

    private static Frame decode(Message message) {
        if (message.payloadTruncated()) {
            throw new FrameException(Reason.MALFORMED, "longer than any frame");
        }
        Frame frame = Frame.decode(message.payload());
        int announced = frame.kind().withDescriptors() ? frame.entries().size() : 0;
        int received = message.descriptors().size();
        if (message.descriptorsTruncated() && received < announced) {
            throw descriptorLimit();
        }
        if (message.descriptorsTruncated() || received != announced) {
            throw new FrameException(Reason.MALFORMED, "not as many descriptors came as were announced");
        }
        return frame;
    }

    private Answer answer(Frame request, List<OwnedFd> descriptors, boolean opened) {
        Kind kind = request.kind();
        if (!opened && (kind == Kind.PUT || kind == Kind.DROP || kind == Kind.LIST)) {
            throw new FrameException(Reason.NOT_OPENED, "send OPEN first");
        }
        return switch (kind) {
            case PUT -> {
                FailPoint.VAULT_PUT_RECEIVED.pass();
                put(request.entries(), descriptors);
                FailPoint.VAULT_PUT_STORED.pass();
                yield Answer.of(reply(request, Kind.DONE));
            }
            case DROP -> {
                FailPoint.VAULT_DROP_RECEIVED.pass();
                for (Entry entry : request.entries()) {
                    holdings.drop(entry);
                }
                FailPoint.VAULT_DROP_DONE.pass();
                yield Answer.of(reply(request, Kind.DONE));
            }
            case LIST -> {
                FailPoint.VAULT_LIST_RECEIVED.pass();
                yield list(request);
            }
            case SHOW -> list(request);
            case COUNT -> Answer.of(reply(request, Kind.COUNTED));
            case OPEN -> Answer.of(reply(request, Kind.OPENED));
            default -> throw new FrameException(Reason.MALFORMED, "an answer is not for the vault");
        };
    }

    private Frame reply(Frame request, Kind kind) {
        return Frame.of(kind, request.sequence(), holdings.count());
    }

    private void put(List<Entry> entries, List<OwnedFd> descriptors) {
        long limit = ResourceLimits.openFiles().soft();
        long firstReserved = limit == ResourceLimits.UNLIMITED ? Long.MAX_VALUE : limit - RESERVED_DESCRIPTORS;
        for (int i = 0; i < entries.size(); i++) {
            OwnedFd descriptor = descriptors.get(i);
            // The kernel gives the lowest free number, so a high one tells that few are left.
            if (descriptor.number() >= firstReserved) {
                throw descriptorLimit();
            }
            verify(entries.get(i), descriptor);
        }
        for (int i = 0; i < entries.size(); i++) {
            holdings.put(entries.get(i), OwnedFd.own(descriptors.get(i).release()));
        }
    }

    private static void verify(Entry entry, OwnedFd descriptor) {
        try {
            if (SocketOptions.cookie(descriptor.fd()) == entry.cookie()) {
                return;
            }
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOTSOCK)) {
                throw e;
            }
        }
        throw new FrameException(
                Reason.COOKIE_MISMATCH, "not the socket announced for slot ".concat(Integer.toString(entry.slot())));
    }

    private Answer list(Frame request) {
        if (request.number() < 0) {
            throw new FrameException(Reason.MALFORMED, "a slot out of range");
        }
        Holdings.Batch batch = holdings.from(request.number(), Frame.MOST_ENTRIES);
        if (batch.entries().isEmpty()) {
            return Answer.of(reply(request, Kind.END));
        }
        boolean whole = request.kind() == Kind.LIST;
        int next = batch.entries().getLast().slot() + 1;
        Frame listed = Frame.of(whole ? Kind.LISTED : Kind.SHOWN, request.sequence(), next, batch.entries());
        return new Answer(listed, whole ? batch.descriptors() : List.of(), false);
    }

    static FrameException descriptorLimit() {
        return new FrameException(
                Reason.DESCRIPTOR_LIMIT,
                "the vault's limit of open files is reached: raise it (prlimit --nofile, or LimitNOFILE= of its unit) from "
                        .concat(Long.toString(ResourceLimits.openFiles().soft())));
    }
}
