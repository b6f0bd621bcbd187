package io.socketbroker.client;

/**
 * Gives a socket back that the broker has let go: a new transfer under the same id. Stateless; any thread. Apart from
 * other classes so that only its users load gRPC.
 */
final class ReturnByTransfer {

    private ReturnByTransfer() {}

    static void giveBack(HandlerEnvironment environment, ActivatedSocket socket, LeaseEnd end) {
        var former = socket.socket().message();
        var context = end.message().hasContext() ? end.message().getContext() : former.getContext();
        try (var copy = socket.duplicate();
                var client = BrokerClient.builder()
                        .runtimeDirectory(environment.directory().path())
                        .app(environment.app())
                        .connect()) {
            var request = TransferRequest.of(copy, socket.id(), former.getTask())
                    .withContext(context.toByteArray())
                    .withOptions(former.getOptions());
            if (end.message().hasKeepAlive()) {
                request =
                        request.withKeepAlive(new KeepAliveOptions(end.message().getKeepAlive()));
            } else if (former.hasKeepAlive()) {
                request = request.withKeepAlive(new KeepAliveOptions(former.getKeepAlive()));
            }
            var _ = client.transfer(request);
        }
    }
}
