package io.socketbroker.daemon.custody;

import io.socketbroker.daemon.core.Slot;
import io.socketbroker.daemon.supervisor.InheritedDescriptors.Inherited;
import io.socketbroker.daemon.vault.Entry;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the service manager gave back from its store, as far as the kernel confirms the names. On one thread. */
final class StoredDescriptors {
    private final List<Recovered> sockets = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Entry> rejected = new ArrayList<>();
    private final Set<Integer> slots = new HashSet<>();
    private final Set<Long> cookies = new HashSet<>();

    /** Becomes the owner of the descriptors; those that are wrong are closed. */
    StoredDescriptors(List<Inherited> given) {
        for (Inherited inherited : given) {
            StoredName.parse(inherited.name())
                    .ifPresentOrElse(
                            entry -> take(entry, inherited.descriptor()),
                            () -> inherited.descriptor().close());
        }
        sockets.sort(Comparator.comparingInt(socket -> socket.slot().index()));
    }

    private void take(Entry entry, OwnedFd descriptor) {
        String fault = fault(entry, descriptor);
        if (fault.isEmpty()) {
            slots.add(entry.slot());
            cookies.add(entry.cookie());
            sockets.add(new Recovered(new Slot(entry.slot()), entry.cookie(), descriptor));
        } else {
            problems.add("'" + StoredName.of(entry) + "' of the descriptor store was left out: " + fault);
            rejected.add(entry);
            descriptor.close();
        }
    }

    private String fault(Entry entry, OwnedFd descriptor) {
        try {
            if (SocketOptions.cookie(descriptor.fd()) != entry.cookie()) {
                return "it is another socket than its name says";
            }
        } catch (LinuxException e) {
            return "it is not a socket";
        }
        return slots.contains(entry.slot()) || cookies.contains(entry.cookie())
                ? "its slot or its socket was given before"
                : "";
    }

    /** By slot; the receiver owns the descriptors. */
    Recovery recovery() {
        return new Recovery(sockets, problems);
    }

    /** What the store should let go of. */
    List<Entry> rejected() {
        return rejected;
    }
}
