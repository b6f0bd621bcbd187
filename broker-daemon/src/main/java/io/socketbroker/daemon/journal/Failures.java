package io.socketbroker.daemon.journal;

import io.socketbroker.daemon.journal.StoreException.Problem;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What RocksDB's errors mean. Stateless. */
final class Failures {
    private Failures() {}

    /** While it was written or read. */
    static StoreException of(String what, StoreFolder folder, RocksDBException e) {
        Problem problem = problem(e);
        String message = what + " " + folder.database() + ": " + e.getMessage();
        return new StoreException(
                problem, problem == Problem.DAMAGED ? message + "; " + folder.remedy() : message + remedy(problem), e);
    }

    private static String remedy(Problem problem) {
        return switch (problem) {
            case NO_SPACE -> "; free some space";
            case IN_USE -> "; stop the other broker";
            default -> "; see to the disk and to the permissions of the folder";
        };
    }

    private static Problem problem(RocksDBException e) {
        Status status = e.getStatus();
        String message = String.valueOf(e.getMessage());
        if (status == null) {
            return Problem.UNUSABLE;
        }
        return switch (status.getCode()) {
            // InvalidArgument and NotFound: files that say something else than the options, or that have gone.
            case Corruption, InvalidArgument, NotFound, NotSupported -> Problem.DAMAGED;
            case IOError -> {
                if (status.getSubCode() == Status.SubCode.NoSpace || message.contains("Disk quota exceeded")) {
                    yield Problem.NO_SPACE;
                }
                if (message.contains("lock file") || message.contains("lock hold by")) {
                    yield Problem.IN_USE;
                }
                // The folder is there, for the lock in it is held.
                yield message.contains("No such file or directory") ? Problem.DAMAGED : Problem.UNUSABLE;
            }
            default -> Problem.UNUSABLE;
        };
    }
}
