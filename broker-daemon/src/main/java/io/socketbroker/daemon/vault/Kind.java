package io.socketbroker.daemon.vault;

/**
 * What a {@link Frame} asks for or answers. Codes below 128 are requests, those above answers.
 *
 * <p>This package has no switch with patterns, no lambda and no text made by {@code +}: all of them make classes at run
 * time, a mebibyte of them together, which stay in the vault's memory.
 */
public enum Kind {
    /** This connection is the broker's from now on; the one that was so before is closed. Answered by OPENED. */
    OPEN(1, false),
    /** Hold these; as many descriptors in the same order. Answered by DONE once all of them are held. */
    PUT(2, true),
    /** Let go of these, where slot and cookie are both right; others stay as they are. Answered by DONE. */
    DROP(3, true),
    /** The next up to 253 sockets with a slot from {@code number} on. Answered by LISTED or END. */
    LIST(4, false),
    /** How many are held; allowed before OPEN. Answered by COUNTED. */
    COUNT(5, false),
    /** As LIST, without descriptors; allowed before OPEN. Answered by SHOWN or END. */
    SHOW(6, false),

    /** {@code number}: how many are held. */
    OPENED(0x81, false),
    /** {@code number}: how many are held now. */
    DONE(0x82, false),
    /** Entries and as many descriptors; {@code number}: where the next LIST goes on. */
    LISTED(0x83, true),
    /** No slot from there on is held; {@code number}: how many are held in all. */
    END(0x84, false),
    /** {@code number}: how many are held. */
    COUNTED(0x85, false),
    /** Entries alone; {@code number}: where the next SHOW goes on. */
    SHOWN(0x86, true),
    /** Nothing was done; {@code number}: the code of a {@link Reason}, and a text says more. */
    REFUSED(0xff, false);

    private static final Kind[] ALL = values();

    private final int code;
    private final boolean withEntries;

    Kind(int code, boolean withEntries) {
        this.code = code;
        this.withEntries = withEntries;
    }

    int code() {
        return code;
    }

    /** Whether it has 1 to 253 entries; the others have none. */
    boolean withEntries() {
        return withEntries;
    }

    /** Whether a descriptor comes with each entry. */
    public boolean withDescriptors() {
        return this == PUT || this == LISTED;
    }

    static Kind of(int code) {
        for (Kind kind : ALL) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new FrameException(Reason.MALFORMED, "no such kind: ".concat(Integer.toString(code)));
    }
}
