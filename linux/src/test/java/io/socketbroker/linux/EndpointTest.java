package io.socketbroker.linux;

import static io.socketbroker.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointTest {

    @ParameterizedTest
    @CsvSource({
        "00000000000000000000000000000001, [::1]",
        "00000000000000000000000000000000, [::]",
        "20010db8000000000000000000000000, [2001:db8::]",
        "20010db8000000010000000000000001, [2001:db8:0:1::1]",
        "20010db8000000000001000000000001, [2001:db8::1:0:0:1]",
        "20010db8000000010001000100010001, [2001:db8:0:1:1:1:1:1]",
        "fe80000000000000aabbccfffe00ddee, [fe80::aabb:ccff:fe00:ddee]",
    })
    void shouldWriteIpv6AddressesInCanonicalForm(String hex, String text) throws Exception {
        var address = InetAddress.getByAddress(HexFormat.of().parseHex(hex));
        assertThat(new Endpoint.Inet(address, 80)).hasToString(text + ":80");
    }

    @Test
    void shouldShowEachKind() throws Exception {
        assertThat(new Endpoint.Inet(InetAddress.getByName("192.0.2.7"), 8080)).hasToString("192.0.2.7:8080");
        assertThat(new Endpoint.UnixPath("/run/a.sock")).hasToString("unix:/run/a.sock");
        assertThat(new Endpoint.UnixAbstract("name")).hasToString("unix:@name");
        assertThat(new Endpoint.UnixUnnamed()).hasToString("unix:");
        assertThat(new Endpoint.Other(16)).hasToString("family:16");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536})
    void shouldRefuseAPortOutOfRange(int port) {
        assertThatThrownBy(() -> new Endpoint.Inet(InetAddress.getLoopbackAddress(), port))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(port));
    }

    @Test
    void shouldRefuseAnUnresolvedAddress() {
        var unresolved = InetSocketAddress.createUnresolved("example.invalid", 80);
        assertThatThrownBy(() -> Endpoint.of(unresolved))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("example.invalid");
    }

    @Test
    void shouldKeepAddressPortAndScope() throws Exception {
        var linkLocal = HexFormat.of().parseHex("fe800000000000000000000000000001");
        var scoped = new Endpoint.Inet(Inet6Address.getByAddress("", linkLocal, 3), 65535);
        var decoded = (Endpoint.Inet) throughMemory(scoped);
        assertThat(decoded).hasToString("[fe80::1%3]:65535");
        assertThat(((Inet6Address) decoded.address()).getScopeId()).isEqualTo(3);
        var v4 = new Endpoint.Inet(InetAddress.getByName("192.0.2.255"), 40000);
        assertThat(throughMemory(v4)).isEqualTo(v4);
    }

    @Test
    void shouldKeepUnixNamesWithAnyBytes() {
        var named = new Endpoint.UnixAbstract("a\0b\u00ff");
        assertThat(throughMemory(named)).isEqualTo(named);
        var path = new Endpoint.UnixPath("x".repeat(104) + "\u00e9y");
        assertThat(throughMemory(path)).isEqualTo(path);
        assertThat(throughMemory(new Endpoint.UnixUnnamed())).isEqualTo(new Endpoint.UnixUnnamed());
        assertThat(throughMemory(new Endpoint.UnixAbstract("n".repeat(107))))
                .isEqualTo(new Endpoint.UnixAbstract("n".repeat(107)));
    }

    @Test
    void shouldShowAMappedAddressAsIpv4() {
        var memory = NativeBlock.allocate(Abi.SOCKADDR_STORAGE_SIZE);
        memory.setShort(0, Sockets.AF_INET6);
        memory.setShort(Abi.SOCKADDR_IN6_PORT_OFFSET, Short.reverseBytes((short) 443));
        var mapped = HexFormat.of().parseHex("00000000000000000000ffffc0000207");
        memory.setBytes(Abi.SOCKADDR_IN6_ADDR_OFFSET, mapped, 0, 16);
        assertThat(SocketAddressCodec.decode(memory, Abi.SOCKADDR_IN6_SIZE)).hasToString("192.0.2.7:443");
    }

    @Test
    void shouldKeepTheNumberOfAnUnknownFamily() {
        var memory = NativeBlock.allocate(Abi.SOCKADDR_STORAGE_SIZE);
        memory.setShort(0, 16);
        assertThat(SocketAddressCodec.decode(memory, 12)).isEqualTo(new Endpoint.Other(16));
        assertThat(SocketAddressCodec.decode(memory, 0)).isEqualTo(new Endpoint.Other(0));
    }

    @Test
    void shouldReadAPathThatFillsTheStructure() {
        var memory = NativeBlock.allocate(Abi.SOCKADDR_STORAGE_SIZE);
        memory.setShort(0, Sockets.AF_UNIX);
        memory.setBytes(Abi.SOCKADDR_UN_PATH_OFFSET, Texts.bytes("p".repeat(108)), 0, 108);
        // The kernel counts a terminating zero byte that does not fit (BUGS of unix(7)).
        assertThat(SocketAddressCodec.decode(memory, 111)).isEqualTo(new Endpoint.UnixPath("p".repeat(108)));
    }

    @Test
    void shouldRefuseWhatCannotBeEncoded() {
        assertFails(Errno.ENAMETOOLONG, () -> throughMemory(new Endpoint.UnixPath("x".repeat(108))))
                .satisfies(e -> assertThat(e).hasMessageContaining("xxx (108 bytes, at most 107)"));
        assertFails(Errno.ENAMETOOLONG, () -> throughMemory(new Endpoint.UnixAbstract("x".repeat(108))));
        assertFails(Errno.EINVAL, () -> throughMemory(new Endpoint.UnixPath("")));
        assertFails(Errno.EINVAL, () -> throughMemory(new Endpoint.UnixPath("a\0b")));
        assertFails(Errno.EAFNOSUPPORT, () -> throughMemory(new Endpoint.Other(16)));
    }

    private static Endpoint throughMemory(Endpoint endpoint) {
        var memory = NativeBlock.allocate(Abi.SOCKADDR_STORAGE_SIZE);
        int length = SocketAddressCodec.encode("bind", endpoint, memory);
        return SocketAddressCodec.decode(memory, length);
    }
}
