package io.socketbroker.configuration;

/**
 * One error in the configuration. Immutable.
 *
 * @param origin the file and the line, as far as they are known
 * @param message which key it is, what is wrong with it and what is allowed; one line
 */
public record Problem(Origin origin, String message) {
    /** Line ends would look like two problems. */
    public Problem {
        message = message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** As a compiler says it: where, then what. */
    @Override
    public String toString() {
        return origin + ": " + message;
    }
}
