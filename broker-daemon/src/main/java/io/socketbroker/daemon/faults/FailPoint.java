package io.socketbroker.daemon.faults;

import org.jspecify.annotations.Nullable;

/**
 * The steps at which a test can have the broker or the vault die as by kill -9, see {@link FailSwitch}. Each is named for
 * what has just happened, or is about to. Without the system property a passage costs nothing. Any thread.
 */
public enum FailPoint {
    // Transfer

    /** Descriptors of a deposit are the broker's, in no table yet. */
    DEPOSIT_RECEIVED,
    /** The deposit waits for its call, and its sender was told. */
    DEPOSIT_ANSWERED,
    /** The rules have the sockets of a transfer; no descriptor is bound. */
    TRANSFER_ADOPTED,
    /** Descriptors are bound; neither custody nor journal has heard of them. */
    TRANSFER_BOUND,
    /** Custody was asked, the journal not. */
    TRANSFER_PUT,
    /** Custody and journal have them; they are not watched. */
    TRANSFER_KEPT,
    /** They are watched; the reply has not left. */
    TRANSFER_WATCHED,
    /** The reply was given to the transport. */
    TRANSFER_REPLIED,

    // Accept

    /** A connection left the backlog; nobody else has it. */
    ACCEPT_TAKEN,
    /** Custody was asked to hold it; no record of it was written. */
    ACCEPT_PUT,

    // Wake and launch

    /** The kernel has reported a socket; the rules have not heard. */
    WAKE_REPORTED,
    /** The rules have leased it to a handler that is not started. */
    LAUNCH_DECIDED,
    /** The lease is committed; the program is not started. */
    HANDLER_SPAWNING,
    /** The program runs; the rules do not know. */
    HANDLER_SPAWNED,
    /** The rules know its process; the journal does not. */
    HANDLER_KNOWN,
    /** It has ended and was reaped; the rules have not heard. */
    HANDLER_EXITED,
    /** The exit policy was applied; the journal has not heard. */
    HANDLER_SETTLED,

    // Delivery to sessions, claims

    /** A delivery is decided and not sent. */
    DELIVERY_DECIDED,
    /** It was sent. */
    DELIVERY_SENT,
    /** A claim is granted, and its delivery not sent. */
    CLAIM_GRANTED,
    /** It was sent. */
    CLAIM_ANSWERED,
    /** An acknowledgement came; the rules have not heard. */
    ACKNOWLEDGE_RECEIVED,
    /** Its effects are done; the journal has not heard. */
    ACKNOWLEDGE_DONE,
    /** It is committed; Released has not left. */
    ACKNOWLEDGE_COMMITTED,
    /** Released was sent. */
    ACKNOWLEDGE_ANSWERED,

    // Giving back, close

    /** A completion came on fd.sock; the rules have not heard. */
    COMPLETE_RECEIVED,
    /** Its effects are done; the journal has not heard. */
    COMPLETE_DONE,
    /** It is committed; Completed has not left. */
    COMPLETE_COMMITTED,
    /** Completed was sent. */
    COMPLETE_ANSWERED,
    /** A socket is to be let go of; custody has not heard. */
    CLOSE_DECIDED,
    /** Custody was told; the broker's own descriptor is open. */
    CLOSE_DROPPED,
    /** The broker's descriptor is closed; the journal has not heard. */
    CLOSE_DONE,

    // Journal

    /** A batch is about to be written. */
    JOURNAL_WRITING,
    /** It is written; nobody was told. */
    JOURNAL_WRITTEN,

    // Start of a broker after another

    /** The store is open. */
    RECOVERY_STORE_OPENED,
    /** Custody has given its descriptors. */
    RECOVERY_DESCRIPTORS_TAKEN,
    /** Descriptors and records are matched; nothing is watched. */
    RECOVERY_MATCHED,
    /** What was restored is watched, and handlers that were due are on their way. */
    RECOVERY_WATCHED,
    /** What changed by that was given to the journal. */
    RECOVERY_APPENDED,

    // Stop

    /** The conductor has ended; its descriptors are open. */
    STOP_CONDUCTOR_ENDED,
    /** All descriptors are closed; the journal is open. */
    STOP_DESCRIPTORS_CLOSED,
    /** The journal is closed. */
    STOP_JOURNAL_CLOSED,

    // The vault's own

    /** Sockets came; they are not stored. */
    VAULT_PUT_RECEIVED,
    /** They are stored; the broker was not told. */
    VAULT_PUT_STORED,
    /** Sockets are to be let go of. */
    VAULT_DROP_RECEIVED,
    /** They were let go of; the broker was not told. */
    VAULT_DROP_DONE,
    /** A broker wants everything back; it was sent nothing. */
    VAULT_LIST_RECEIVED,
    /** A request was answered. */
    VAULT_ANSWERED;

    private static final @Nullable FailSwitch SWITCH = FailSwitch.ofThisProcess();

    /** The process dies here if a test wants it to. */
    public void pass() {
        if (SWITCH != null) {
            SWITCH.passed(this);
        }
    }
}
