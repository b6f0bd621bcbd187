package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.store.v1.StoredEndpoint;
import io.socketbroker.store.v1.StoredSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What an inspection found out about a socket, as it is stored. Stateless. */
final class StoredCandidate {
    private StoredCandidate() {}

    static Candidate read(StoredSocket stored) {
        return new Candidate(
                stored.getKind(),
                stored.getProtocol(),
                stored.getCookie(),
                stored.hasLocal() ? endpoint(stored.getLocal()) : Optional.empty(),
                stored.hasPeer() ? endpoint(stored.getPeer()) : Optional.empty(),
                stored.getNonBlocking());
    }

    static StoredEndpoint stored(Endpoint endpoint) {
        StoredEndpoint.Builder stored = StoredEndpoint.newBuilder();
        switch (endpoint) {
            case Endpoint.Inet(InetAddress address, int port) ->
                stored.getInetBuilder().setLiteral(address.getHostAddress()).setPort(port);
            case Endpoint.UnixPath(String path) -> stored.setUnixPath(path);
            case Endpoint.UnixAbstract(String name) ->
                stored.setUnixAbstract(ByteString.copyFrom(name, StandardCharsets.ISO_8859_1));
            case Endpoint.UnixUnnamed _ -> stored.setUnixUnnamed(true);
            case Endpoint.Other(int family) -> stored.setOtherFamily(family);
        }
        return stored.build();
    }

    private static Optional<Endpoint> endpoint(StoredEndpoint stored) {
        return switch (stored.getAddressCase()) {
            case INET ->
                Optional.of(new Endpoint.Inet(
                        InetAddress.ofLiteral(stored.getInet().getLiteral()),
                        stored.getInet().getPort()));
            case UNIX_PATH -> Optional.of(new Endpoint.UnixPath(stored.getUnixPath()));
            case UNIX_ABSTRACT ->
                Optional.of(new Endpoint.UnixAbstract(stored.getUnixAbstract().toString(StandardCharsets.ISO_8859_1)));
            case UNIX_UNNAMED -> Optional.of(new Endpoint.UnixUnnamed());
            case OTHER_FAMILY -> Optional.of(new Endpoint.Other(stored.getOtherFamily()));
            case ADDRESS_NOT_SET -> Optional.empty();
        };
    }
}
