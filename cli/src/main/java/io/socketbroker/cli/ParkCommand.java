package io.socketbroker.cli;

import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Parks a socket that the caller left open on a descriptor of this process. */
@Command(
        name = "park",
        mixinStandardHelpOptions = true,
        description =
                "Hands a socket to the broker that this command inherits, for example from a shell's redirection.")
final class ParkCommand implements Callable<Integer> {

    @Mixin
    private ParkOptions park = new ParkOptions();

    @Mixin
    private ListenerArguments listener = new ListenerArguments();

    @Option(names = "--fd", required = true, paramLabel = "N", description = "The inherited descriptor.")
    private int number;

    @Override
    public Integer call() {
        park.transfer(() -> inherited(number), listener::over);
        return ExitCode.OK;
    }

    /** Before anything else opens sockets here: what is a socket now was inherited. */
    private static OwnedFd inherited(int number) {
        if (number < 0) {
            throw new CommandFailure(ExitCode.USAGE, "--fd " + number + " is negative: name an inherited descriptor");
        }
        try {
            if (DescriptorFlags.isSocket(new Fd(number))) {
                return OwnedFd.own(number);
            }
        } catch (LinuxException e) {
            // Told below: the number may be free, or beyond the limit.
        }
        throw new CommandFailure(
                ExitCode.LOCAL,
                "descriptor " + number + " is not an open socket: redirect one to it, as in `" + number
                        + "<>/dev/tcp/HOST/PORT` of bash");
    }
}
