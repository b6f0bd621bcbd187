package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.SocketOptions;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ExitPolicy;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.TaskSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where {@link Puppet}s report when they are launched. Not thread-safe. */
final class Puppets implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    static final String PYTHON = "/usr/bin/python3";

    private final Path control;
    private final Path script;
    private final OwnedFd listener;
    private final List<Puppet> launched = new ArrayList<>();

    /** With its control socket and script in this folder. */
    Puppets(Path folder) {
        control = folder.resolve("puppets.sock");
        script = Scripts.copy("puppet.py", folder);
        listener = Sockets.listenUnix(control, Sockets.SOCK_STREAM, 64);
        SocketOptions.setReceiveTimeout(listener.fd(), PATIENCE);
    }

    /** A task whose handlers are puppets. */
    TaskSpec.Builder spec(LaunchStyle style) {
        return Specs.command(style, command());
    }

    /** In style socket with this policy. */
    TaskSpec spec(ExitPolicy policy) {
        return spec(LaunchStyle.LAUNCH_STYLE_SOCKET).setExitPolicy(policy).build();
    }

    List<String> command() {
        return command(script, control);
    }

    /** The command of all puppets of this folder. */
    static List<String> command(Path folder) {
        return command(folder.resolve("puppet.py"), folder.resolve("puppets.sock"));
    }

    private static List<String> command(Path script, Path control) {
        // Isolated and without site packages: it starts in 20 ms.
        return List.of(PYTHON, "-I", "-S", script.toString(), control.toString());
    }

    /** The next handler that is launched. */
    Puppet next() {
        Optional<OwnedFd> connection = Sockets.accept(listener.fd(), false);
        assertThat(connection).as("a handler is launched within %s", PATIENCE).isPresent();
        Puppet puppet = new Puppet(new Wire(connection.get()));
        launched.add(puppet);
        return puppet;
    }

    /** Nobody was launched whom {@link #next} has not given. */
    void expectNoMore() {
        DescriptorFlags.setNonBlocking(listener.fd(), true);
        assertThat(Sockets.accept(listener.fd(), false)).isEmpty();
        DescriptorFlags.setNonBlocking(listener.fd(), false);
    }

    @Override
    public void close() {
        launched.forEach(Puppet::close);
        listener.close();
        try {
            Files.deleteIfExists(control);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
