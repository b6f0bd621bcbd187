package io.socketbroker.client;

import java.util.concurrent.CompletionStage;

/** As {@link SocketHandler}, see {@link SocketHandler#async}: it is done when its stage completes. */
@FunctionalInterface
public interface AsyncSocketHandler {

    /** Begins to work on one socket; a stage that fails is as an exception. */
    CompletionStage<?> handle(ActivatedSocket socket) throws Exception;
}
