package io.socketbroker.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Mappings whose dup2 calls can run in any order, because no source is a number that another call overwrites: each
 * source within the range of the targets is duplicated above it. A source that is its own target loses FD_CLOEXEC this
 * way, too.
 *
 * <p>Closing it closes those duplicates. Confined to one call of {@link Spawner} or {@link Exec}.
 */
final class DescriptorPlan implements AutoCloseable {

    private static final int STANDARD_DESCRIPTORS = 3;

    private final List<SpawnRequest.Mapping> steps = new ArrayList<>();
    private final List<OwnedFd> duplicates = new ArrayList<>();
    private final Set<Integer> targets;
    private final int firstClosed;

    /**
     * Makes the duplicates.
     *
     * @throws LinuxException EBADF if a source is not open, EMFILE without room for a duplicate
     */
    DescriptorPlan(List<SpawnRequest.Mapping> mappings) {
        this.targets = mappings.stream().map(SpawnRequest.Mapping::target).collect(Collectors.toUnmodifiableSet());
        int highest = targets.stream().mapToInt(Integer::intValue).max().orElse(-1);
        this.firstClosed = Integer.max(highest + 1, STANDARD_DESCRIPTORS);
        try {
            for (SpawnRequest.Mapping mapping : mappings) {
                steps.add(new SpawnRequest.Mapping(freeOfTargets(mapping.source()), mapping.target()));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Fd freeOfTargets(Fd source) {
        if (source.number() >= firstClosed) {
            return source;
        }
        var duplicate = OwnedFd.duplicate(source, firstClosed);
        duplicates.add(duplicate);
        return duplicate.fd();
    }

    /** The dup2 calls. */
    List<SpawnRequest.Mapping> steps() {
        return steps;
    }

    /** The first number above all targets and above the standard descriptors. */
    int firstClosed() {
        return firstClosed;
    }

    /** Numbers between the standard descriptors and the highest target that no mapping fills. */
    List<Integer> gaps() {
        var gaps = new ArrayList<Integer>();
        for (int number = STANDARD_DESCRIPTORS; number < firstClosed; number++) {
            if (!targets.contains(number)) {
                gaps.add(number);
            }
        }
        return gaps;
    }

    @Override
    public void close() {
        duplicates.forEach(OwnedFd::close);
    }
}
