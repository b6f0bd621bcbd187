package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.store.v1.StoredEndpoint;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.Socket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PackedEndpointsTest {
    static Stream<Endpoint> endpoints() {
        return Stream.of(
                new Endpoint.Inet(InetAddress.ofLiteral("192.0.2.1"), 65535),
                new Endpoint.Inet(InetAddress.ofLiteral("0.0.0.0"), 0),
                new Endpoint.Inet(InetAddress.ofLiteral("255.255.255.255"), 80),
                new Endpoint.Inet(InetAddress.ofLiteral("2001:db8::7"), 443),
                new Endpoint.UnixPath("/run/caf\u00e9.sock"),
                new Endpoint.UnixAbstract("a\0b\u00ff"),
                new Endpoint.UnixPath("x".repeat(107)),
                new Endpoint.UnixUnnamed(),
                new Endpoint.Other(40));
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void shouldFindEveryKindOfAddressAgain(Endpoint endpoint) {
        byte[] both = PackedEndpoints.of(Optional.of(endpoint), Optional.of(endpoint));
        assertThat(PackedEndpoints.local(both)).contains(endpoint);
        assertThat(PackedEndpoints.peer(both)).contains(endpoint);
        assertThat(PackedEndpoints.local(PackedEndpoints.of(Optional.of(endpoint), Optional.empty())))
                .contains(endpoint);
        assertThat(PackedEndpoints.peer(PackedEndpoints.of(Optional.empty(), Optional.of(endpoint))))
                .contains(endpoint);
    }

    @Test
    void shouldFindAbsentAddressesAgain() {
        byte[] neither = PackedEndpoints.of(Optional.empty(), Optional.empty());
        assertThat(PackedEndpoints.local(neither)).isEmpty();
        assertThat(PackedEndpoints.peer(neither)).isEmpty();
    }

    @Test
    void shouldKeepTheScopeOfALinkLocalAddress() throws Exception {
        byte[] address = InetAddress.ofLiteral("fe80::1").getAddress();
        Endpoint local = new Endpoint.Inet(Inet6Address.getByAddress(null, address, 2), 80);
        byte[] packed = PackedEndpoints.of(Optional.of(local), Optional.empty());
        // Equality of addresses does not see the scope.
        assertThat(PackedEndpoints.local(packed)).map(Object::toString).contains("[fe80::1%2]:80");
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void shouldBeStoredAndShownAsItIs(Endpoint endpoint) throws Exception {
        byte[] packed = PackedEndpoints.of(Optional.of(endpoint), Optional.of(endpoint));
        BackwardWriter message = new BackwardWriter(1);
        PackedEndpoints.store(message, StoredSocket.LOCAL_FIELD_NUMBER, StoredSocket.PEER_FIELD_NUMBER, packed);
        StoredSocket stored = StoredSocket.parseFrom(message.take());
        assertThat(stored.getLocal()).isEqualTo(stored.getPeer()).isEqualTo(StoredCandidate.stored(endpoint));
        assertThat(StoredCandidate.read(stored).peer()).contains(endpoint);

        PackedEndpoints.show(message, Socket.LOCAL_FIELD_NUMBER, Socket.PEER_FIELD_NUMBER, packed);
        assertThat(message.size())
                .isLessThanOrEqualTo(
                        PackedEndpoints.MOST_SHOWN_BYTES + PackedEndpoints.MOST_TIMES_LARGER * packed.length);
        Socket shown = Socket.parseFrom(message.take());
        assertThat(shown.getLocal()).isEqualTo(shown.getPeer()).isEqualTo(Views.endpoint(endpoint));
    }

    @Test
    void shouldLeaveOutAnAbsentAddress() throws Exception {
        byte[] packed = PackedEndpoints.of(Optional.empty(), Optional.empty());
        BackwardWriter message = new BackwardWriter(100);
        PackedEndpoints.store(message, 1, 2, packed);
        PackedEndpoints.show(message, 1, 2, packed);
        assertThat(message.take()).isEmpty();
    }

    @Test
    void shouldTakeAnAddressOfANewerKindForAbsent() {
        StoredSocket stored = StoredSocket.newBuilder()
                .setLocal(StoredEndpoint.getDefaultInstance())
                .build();
        assertThat(StoredCandidate.read(stored).local()).isEmpty();
    }
}
