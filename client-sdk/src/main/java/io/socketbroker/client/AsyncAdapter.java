package io.socketbroker.client;

/** Carries an asynchronous handler where a blocking one is expected; a session takes it out. Immutable. */
record AsyncAdapter(AsyncSocketHandler delegate) implements SocketHandler {

    @Override
    public void handle(ActivatedSocket socket) throws Exception {
        delegate.handle(socket).toCompletableFuture().join();
    }
}
