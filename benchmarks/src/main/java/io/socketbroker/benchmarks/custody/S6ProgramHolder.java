package io.socketbroker.benchmarks.custody;

import io.socketbroker.benchmarks.harness.InvalidRunException;
import io.socketbroker.linux.ExitStatus;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.PidFd;
import io.socketbroker.linux.SpawnRequest;
import io.socketbroker.linux.SpawnedProcess;
import io.socketbroker.linux.Spawner;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** s6-fdholderd, by a process of s6-fdholder-store(1) for each descriptor: what a script does. */
final class S6ProgramHolder implements Holder {
    private final String program;
    private final Path daemon;
    private final Map<String, String> environment;
    private final S6Holder connection;

    S6ProgramHolder(Path daemon, String program, String libraryPath) {
        this.daemon = daemon;
        this.program = program;
        this.environment = Map.of("LD_LIBRARY_PATH", libraryPath);
        this.connection = new S6Holder(daemon);
    }

    @Override
    public void put(int number, OwnedFd socket, long cookie) {
        SpawnedProcess process = Spawner.spawn(new SpawnRequest(
                program,
                List.of(program, "-d", "0", daemon.toString(), S6Holder.identifier(number)),
                environment,
                List.of(new SpawnRequest.Mapping(socket.fd(), 0), new SpawnRequest.Mapping(Fd.STDERR, 2)),
                Optional.empty(),
                true));
        Optional<ExitStatus> status = PidFd.waitFor(process.pidfd().fd(), true);
        process.pidfd().close();
        if (!status.equals(Optional.of(new ExitStatus.Exited(0)))) {
            throw new InvalidRunException("s6-fdholder-store ended with " + status);
        }
    }

    @Override
    public void fill(int first, List<OwnedFd> sockets, List<Long> cookies) {
        connection.putAll(first, sockets, cookies);
    }

    @Override
    public void drop(List<Integer> numbers) {
        connection.drop(numbers);
    }

    @Override
    public void verify(List<Long> cookies) {
        connection.verify(cookies);
    }

    @Override
    public void close() {
        connection.close();
    }
}
