package io.socketbroker.linux;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Counts the open {@link OwnedFd}s and, if asked to, remembers where each was made. Thread-safe.
 */
final class OwnedFdRegistry {

    private static final boolean TRACKING = Boolean.getBoolean("socketbroker.trackDescriptors");
    private static final int STACK_DEPTH = 12;

    private static final LongAdder OPEN = new LongAdder();
    private static final Map<OwnedFd, Throwable> ORIGINS = new ConcurrentHashMap<>();

    private OwnedFdRegistry() {}

    static void opened(OwnedFd owned) {
        OPEN.increment();
        if (TRACKING) {
            ORIGINS.put(owned, new Throwable());
        }
    }

    static void closed(OwnedFd owned) {
        OPEN.decrement();
        if (TRACKING) {
            ORIGINS.remove(owned);
        }
    }

    /** An owner of many has one more. */
    static void kept() {
        OPEN.increment();
    }

    /** An owner of many has one less. */
    static void letGo() {
        OPEN.decrement();
    }

    static int openCount() {
        return OPEN.intValue();
    }

    static List<String> openDescriptions() {
        return ORIGINS.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getKey().lastNumber()))
                .map(entry -> "fd " + entry.getKey().lastNumber() + " created at: " + origin(entry.getValue()))
                .toList();
    }

    private static String origin(Throwable origin) {
        return Arrays.stream(origin.getStackTrace())
                .dropWhile(frame -> frame.getClassName().startsWith(OwnedFd.class.getName()))
                .limit(STACK_DEPTH)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining(", "));
    }
}
