package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.daemon.vault.Frame;
import io.socketbroker.daemon.vault.FrameException;
import io.socketbroker.daemon.vault.Kind;
import io.socketbroker.daemon.vault.Reason;
import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.DescriptorChannel.Received;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes everything back from a vault, piece by piece, and believes nothing that the kernel does not confirm. It goes on
 * where it was when a connection breaks. On one thread, which it blocks.
 */
final class VaultRecovery implements AutoCloseable {
    private static final int MOST_PROBLEMS = 64;
    private static final int MOST_BUSY_ANSWERS = 100;
    private static final long BUSY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final DescriptorChannel channel;
    private final TreeMap<Integer, Recovered> bySlot = new TreeMap<>();
    private final Set<Long> cookies = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Entry> rejected = new ArrayList<>();
    private int sequence;

    /** With a channel that nobody else uses meanwhile. */
    VaultRecovery(DescriptorChannel channel) {
        this.channel = channel;
    }

    /**
     * Makes a blocking connection the broker's, and lists what the vault holds.
     *
     * @throws IOException if the connection breaks or the vault answers wrongly; what came before is kept
     */
    void run(Fd vault) throws IOException {
        try {
            ask(vault, Kind.OPEN, 0, Kind.OPENED, Kind.OPENED).close();
            int firstSlot = 0;
            while (firstSlot < Frame.MOST_SLOTS) {
                try (Answer answer = ask(vault, Kind.LIST, firstSlot, Kind.LISTED, Kind.END)) {
                    if (answer.frame.kind() == Kind.END) {
                        return;
                    }
                    if (answer.frame.number() <= firstSlot) {
                        throw new IOException("it lists the same slots again and again");
                    }
                    take(answer.frame.entries(), answer.message, firstSlot, answer.frame.number());
                    firstSlot = answer.frame.number();
                }
            }
        } catch (LinuxException | FrameException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private record Answer(Frame frame, Received.Message message) implements AutoCloseable {
        @Override
        public void close() {
            message.close();
        }
    }

    private Answer ask(Fd vault, Kind kind, int number, Kind expected, Kind alternative) throws IOException {
        for (int i = 0; i < MOST_BUSY_ANSWERS; i++) {
            sequence++;
            if (!channel.sendBlocking(vault, Frame.of(kind, sequence, number).encode(), List.of())) {
                throw new IOException("it takes no requests");
            }
            Answer answer = receive(vault);
            Kind answered = answer.frame.kind();
            if (answer.frame.sequence() == sequence && (answered == expected || answered == alternative)) {
                return answer;
            }
            answer.close();
            if (answered != Kind.REFUSED) {
                throw new IOException("it answers " + kind + " with " + answered);
            }
            if (answer.frame.reason() != Reason.BUSY) {
                throw new IOException("it refuses " + kind + ": " + answer.frame.text());
            }
            LockSupport.parkNanos(BUSY_PAUSE_NANOS);
        }
        throw new IOException("too many descriptors of this user are on their way");
    }

    private Answer receive(Fd vault) throws IOException {
        return switch (channel.receiveBlocking(vault)) {
            case Received.WouldBlock _ -> throw new IOException("it does not answer");
            case Received.EndOfStream _ -> throw new IOException("it has closed the connection");
            case Received.Message message -> {
                try {
                    yield new Answer(Frame.decode(message.payload()), message);
                } catch (FrameException e) {
                    message.close();
                    throw e;
                }
            }
        };
    }

    private void take(List<Entry> entries, Received.Message message, int firstSlot, int nextSlot) {
        List<OwnedFd> descriptors = message.descriptors();
        if (message.descriptorsTruncated()) {
            problem((entries.size() - descriptors.size())
                    + " sockets did not fit into the broker's limit of open files, and stay in the vault");
        } else if (descriptors.size() != entries.size()) {
            problem("the vault sent " + descriptors.size() + " descriptors for " + entries.size() + " sockets");
        }
        // The descriptors that came are the first ones, in order: unix(7).
        for (int i = 0; i < Math.min(entries.size(), descriptors.size()); i++) {
            Entry entry = entries.get(i);
            String fault = entry.slot() < firstSlot || entry.slot() >= nextSlot
                    ? "a slot that was not asked for"
                    : fault(entry, descriptors.get(i));
            if (fault.isEmpty()) {
                adopt(entry, descriptors.get(i));
            } else {
                problem("slot " + entry.slot() + " was left out: " + fault);
                rejected.add(entry);
            }
        }
    }

    private String fault(Entry entry, OwnedFd descriptor) {
        try {
            if (SocketOptions.cookie(descriptor.fd()) != entry.cookie()) {
                return "its descriptor is another socket than the vault says";
            }
        } catch (LinuxException e) {
            return "its descriptor is not a socket";
        }
        Recovered former = bySlot.get(entry.slot());
        if (former != null) {
            return former.cookie() == entry.cookie() ? "" : "the vault gave another socket for it before";
        }
        return cookies.contains(entry.cookie()) ? "the vault gave its socket for another slot before" : "";
    }

    /** A socket that came over a broken connection already is no news. */
    private void adopt(Entry entry, OwnedFd descriptor) {
        if (cookies.add(entry.cookie())) {
            bySlot.put(
                    entry.slot(),
                    new Recovered(new Slot(entry.slot()), entry.cookie(), OwnedFd.own(descriptor.release())));
        }
    }

    /** For the report; beyond a number that a person reads they are not kept. */
    void problem(String sentence) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(sentence);
        }
    }

    /** What the vault should let go of, as it was not what it was said to be. */
    List<Entry> rejected() {
        return rejected;
    }

    /** Gives up the sockets to the caller. */
    Recovery result() {
        Recovery recovery = new Recovery(List.copyOf(bySlot.values()), problems);
        bySlot.clear();
        return recovery;
    }

    /** Closes what was not given up. */
    @Override
    public void close() {
        bySlot.values().forEach(recovered -> recovered.descriptor().close());
        bySlot.clear();
    }
}
