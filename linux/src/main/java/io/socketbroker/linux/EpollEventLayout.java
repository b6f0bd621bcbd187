package io.socketbroker.linux;

import java.util.Locale;

/**
 * Layout of {@code struct epoll_event}, which the kernel packs on x86_64 only (EPOLL_PACKED in linux/eventpoll.h).
 *
 * @param eventSize bytes of one event
 * @param dataOffset where the 64-bit data begins; the 32-bit mask is always at 0
 */
record EpollEventLayout(int eventSize, int dataOffset) {

    static final EpollEventLayout X86_64 = new EpollEventLayout(12, 4);
    static final EpollEventLayout AARCH64 = new EpollEventLayout(16, 8);

    /** The layout for a value of the system property {@code os.arch}. */
    static EpollEventLayout of(String architecture) {
        return switch (architecture.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default ->
                throw new UnsupportedOperationException(
                        "Socket Broker supports x86_64 and aarch64, not " + architecture);
        };
    }
}
