package io.socketbroker.client;

/**
 * The handler failed on sockets that its process was launched for, see {@link ActivatedHandler#run}. Its cause is the
 * first failure; further ones are suppressed. Let it end the process: an exit status other than 0 is the broker's sign to
 * apply the task's policy for failures.
 */
public final class HandlerFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HandlerFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
