package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.Endpoint;
import io.socketbroker.store.v1.StoredEndpoint;
import io.socketbroker.store.v1.StoredSocket;
import io.socketbroker.v1.SocketKind;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StoredCandidateTest {
    static Stream<Endpoint> endpoints() {
        return Stream.of(
                new Endpoint.Inet(InetAddress.ofLiteral("192.0.2.1"), 65535),
                new Endpoint.Inet(InetAddress.ofLiteral("0.0.0.0"), 0),
                new Endpoint.Inet(InetAddress.ofLiteral("2001:db8::7"), 443),
                new Endpoint.UnixPath("/run/caf\u00e9.sock"),
                new Endpoint.UnixAbstract("a\0b\u00ff"),
                new Endpoint.UnixUnnamed(),
                new Endpoint.Other(40));
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void shouldFindEveryKindOfAddressAgain(Endpoint endpoint) {
        Candidate candidate = new Candidate(
                SocketKind.SOCKET_KIND_STREAM,
                "tcp",
                0xFFFF_FFFF_0000_0001L,
                Optional.of(endpoint),
                Optional.of(endpoint),
                true);
        assertThat(throughBytes(candidate)).isEqualTo(candidate);
    }

    @Test
    void shouldFindAbsentAddressesAgain() {
        Candidate candidate =
                new Candidate(SocketKind.SOCKET_KIND_DATAGRAM, "udp", 7, Optional.empty(), Optional.empty(), false);
        assertThat(throughBytes(candidate)).isEqualTo(candidate);
    }

    @Test
    void shouldKeepTheScopeOfALinkLocalAddress() throws Exception {
        byte[] address = InetAddress.ofLiteral("fe80::1").getAddress();
        Endpoint local = new Endpoint.Inet(Inet6Address.getByAddress(null, address, 2), 80);
        Candidate read = throughBytes(
                new Candidate(SocketKind.SOCKET_KIND_LISTENER, "tcp", 7, Optional.of(local), Optional.empty(), false));
        // Equality of addresses does not see the scope.
        assertThat(read.local()).map(Object::toString).contains("[fe80::1%2]:80");
    }

    @Test
    void shouldTakeAnAddressOfANewerKindForAbsent() {
        StoredSocket stored = StoredSocket.newBuilder()
                .setLocal(StoredEndpoint.getDefaultInstance())
                .build();
        assertThat(StoredCandidate.read(stored).local()).isEmpty();
    }

    private static Candidate throughBytes(Candidate candidate) {
        return StoredCandidate.read(StoredCandidate.parse(StoredCandidate.bytes(candidate, Instant.EPOCH)));
    }
}
