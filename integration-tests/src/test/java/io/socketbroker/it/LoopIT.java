package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.AcceptMode;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.SocketOptions;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.TaskSpec;
import io.socketbroker.v1.TransferItem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The whole loop with unmodified programs: hand over, exit, be woken. */
final class LoopIT {
    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture();

    /** A listener that the broker has, and its address. */
    private InetSocketAddress listen(ProtocolClient client, String id, TaskSpec spec, AcceptMode mode) {
        OwnedFd listener = broker.closeLater(Sockets.listenTcp(Link.loopback("127.0.0.1"), 16));
        InetSocketAddress address = Link.addressOf(listener.fd());
        client.register("service", spec);
        TransferItem.Builder item = ProtocolClient.item("service", id);
        client.park(listener, item.setOptions(SocketOptions.newBuilder().setAcceptMode(mode)));
        return address;
    }

    private Wire connect(InetSocketAddress address) {
        return broker.closeLater(new Wire(Sockets.connectTcp(address)));
    }

    @Test
    void shouldLaunchCatForEachConnectionOfAListener() {
        var address = listen(broker.client(), "echo", Specs.command("/bin/cat"), AcceptMode.ACCEPT_MODE_PER_CONNECTION);
        Wire first = connect(address);
        Wire second = connect(address);
        assertThat(second.send("to the second\n").readLine()).isEqualTo("to the second");
        assertThat(first.send("to the first\n").readLine()).isEqualTo("to the first");
        first.finish();
        first.expectEnd();
        assertThat(second.send("still there\n").readLine()).isEqualTo("still there");
        second.finish();
        second.expectEnd();
    }

    @Test
    void shouldServeNetcatWithCat() throws Exception {
        assertThat(Path.of("/usr/bin/nc")).as("netcat-openbsd").exists();
        var address = listen(broker.client(), "echo", Specs.command("/bin/cat"), AcceptMode.ACCEPT_MODE_PER_CONNECTION);
        Process netcat =
                new ProcessBuilder("/usr/bin/nc", "-N", "127.0.0.1", Integer.toString(address.getPort())).start();
        try (var in = netcat.outputWriter()) {
            in.write("through netcat\n");
        }
        assertThat(netcat.inputReader().readAllAsString()).isEqualTo("through netcat\n");
        assertThat(netcat.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(netcat.exitValue()).isZero();
    }

    @Test
    void shouldLaunchPythonInetdStyle() {
        Path script = Scripts.copy("inetd.py", broker.home());
        var address = listen(
                broker.client(),
                "inetd",
                Specs.command(Puppets.PYTHON, script.toString()),
                AcceptMode.ACCEPT_MODE_PER_CONNECTION);
        Wire connection = connect(address);
        int port = Link.addressOf(connection.fd()).getPort();
        assertThat(connection.send("hello\n").readLine()).isEqualTo("python got hello from 127.0.0.1 " + port);
        connection.expectEnd();
    }

    @Test
    void shouldPassAListenerAsListenFds() {
        ProtocolClient client = broker.client();
        Path script = Scripts.copy("listen_fds.py", broker.home());
        TaskSpec spec = Specs.command(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS, List.of(Puppets.PYTHON, script.toString()))
                .build();
        var address = listen(client, "web:80", spec, AcceptMode.ACCEPT_MODE_LISTENER);
        // A service that accepts one connection and ends: the next one launches it again.
        for (int visit = 1; visit <= 3; visit++) {
            Wire connection = connect(address);
            assertThat(connection.send("visit " + visit + "\n").readLine())
                    .isEqualTo("listener web_80 got visit " + visit);
            connection.expectEnd();
        }
        assertThat(client.socket("web:80").getActivations()).isEqualTo(3);
    }

    @Test
    void shouldPassAParkedConnectionAsListenFds() {
        ProtocolClient client = broker.client();
        Path script = Scripts.copy("listen_fds.py", broker.home());
        client.register(
                "service",
                Specs.command(LaunchStyle.LAUNCH_STYLE_LISTEN_FDS, List.of(Puppets.PYTHON, script.toString()))
                        .build());
        Link link = broker.link();
        client.park(link.mine(), "service", "feed");
        assertThat(link.peer().send("tick\n").readLine()).isEqualTo("connection feed got tick");
        link.peer().expectEnd();
        assertThat(client.socketIds()).isEmpty();
    }

    private static TaskSpec inheritedChannelHandler() throws IOException {
        Path classes = Files.createDirectories(broker.home().resolve("classes"));
        String name = InheritedChannelHandler.class.getName().replace('.', '/') + ".class";
        Path target = classes.resolve(name);
        Files.createDirectories(target.getParent());
        try (var in = InheritedChannelHandler.class.getResourceAsStream("/" + name)) {
            Files.write(target, in.readAllBytes());
        }
        return Specs.command(
                BrokerProcess.java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes.toString(),
                InheritedChannelHandler.class.getName());
    }

    @Test
    void shouldGiveJavaItsInheritedChannel() throws IOException {
        ProtocolClient client = broker.client();
        client.register("java", inheritedChannelHandler());
        Link link = broker.link();
        client.park(link.mine(), "java", "inherited");
        assertThat(link.peer().send("hello\n").readLine()).isEqualTo("java connection got hello");
        link.peer().expectEnd();
    }

    @Test
    void shouldGiveJavaAnInheritedListener() throws IOException {
        var address = listen(broker.client(), "inherited", inheritedChannelHandler(), AcceptMode.ACCEPT_MODE_LISTENER);
        Wire connection = connect(address);
        assertThat(connection.send("hello\n").readLine()).isEqualTo("java listener got hello");
        connection.expectEnd();
    }

    @Test
    void shouldLetAHandlerClaimItsSocketAndGiveItBack() {
        ProtocolClient client = broker.client();
        client.register(
                "claimant",
                broker.puppets().spec(LaunchStyle.LAUNCH_STYLE_CLAIM).build());
        Link link = broker.link();
        long cookie = client.park(link.mine(), "claimant", "claimed").getCookie();
        for (int wake = 1; wake <= 3; wake++) {
            link.peer().send("wake " + wake);
            Puppet handler = broker.puppets().next();
            assertThat(handler.env("STYLE")).isEqualTo("claim");
            handler.claim();
            assertThat(handler.cookie()).isEqualTo(cookie);
            handler.expectReceived("wake " + wake);
            assertThat(client.socket("claimed").getState()).isEqualTo(SocketState.SOCKET_STATE_LEASED);
            handler.send("answer " + wake);
            assertThat(handler.complete(LeaseOutcome.LEASE_OUTCOME_RETURNED)).isEqualTo("completed");
            assertThat(link.peer().read(8)).isEqualTo("answer " + wake);
            handler.exit(0);
        }
        assertThat(client.socket("claimed").getState()).isEqualTo(SocketState.SOCKET_STATE_PARKED);
    }

    @Test
    void shouldTellAHandlerOfAnotherStyleItsActivationWhenItClaims() {
        ProtocolClient client = broker.client();
        client.register("told", broker.puppets().spec(Specs.rearm()));
        Link link = broker.link();
        client.park(link.mine(), "told", "socket");
        link.peer().send("x");
        assertThat(broker.puppets().next().tell("claim")).isEqualTo("delivered 0 with 0");
    }
}
