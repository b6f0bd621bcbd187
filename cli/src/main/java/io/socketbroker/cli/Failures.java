package io.socketbroker.cli;

import io.socketbroker.client.BrokerException;
import io.socketbroker.linux.Errno;
import io.socketbroker.linux.LinuxException;
import java.io.UncheckedIOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one place that turns a failure into one line on stderr and an exit status. */
final class Failures {

    private Failures() {}

    static int handle(Exception failure, CommandLine command, ParseResult arguments) {
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + line(failure));
        return status(failure);
    }

    static int handleUsage(ParameterException failure, String[] arguments) {
        var command = failure.getCommandLine();
        var name = command.getCommandSpec().qualifiedName();
        var hint = new StringBuilder();
        if (failure instanceof UnmatchedArgumentException unmatched) {
            unmatched.getSuggestions().stream()
                    .findFirst()
                    .ifPresent(guess ->
                            hint.append(" Did you mean '").append(guess).append("'?"));
        }
        command.getErr().println(name + ": " + oneLine(message(failure)) + "." + hint + " See: " + name + " --help");
        return ExitCode.USAGE;
    }

    private static String line(Exception failure) {
        return switch (failure) {
            case LinuxException system -> oneLine(message(system) + advice(system));
            case CommandFailure _, BrokerException _, IllegalStateException _ -> oneLine(message(failure));
            case UncheckedIOException io -> oneLine(message(causeOrItself(io)));
            default -> "a defect of this program, please report it: " + oneLine(failure.toString()) + at(failure);
        };
    }

    /** What to do about the errors that commands meet most. */
    private static String advice(LinuxException failure) {
        return switch (failure.errno()) {
            case Errno.EADDRINUSE ->
                ": choose another address, or end who has it; of a unix socket nobody uses, remove the path";
            case Errno.EADDRNOTAVAIL -> ": this host has no such address, see `ip address`";
            case Errno.EACCES, Errno.EPERM -> ": use a port from 1024 on, a folder of your own, or run as root";
            case Errno.ECONNREFUSED -> ": nobody listens there, start the server first";
            case Errno.ENOENT -> ": check the path";
            case Errno.ENAMETOOLONG -> ": a unix socket's path has 107 bytes at most, choose a shorter one";
            case Errno.ETIMEDOUT, Errno.EINPROGRESS, Errno.EAGAIN -> ": the other side does not answer";
            case Errno.ENETUNREACH, Errno.EHOSTUNREACH -> ": there is no way to that address";
            default -> "";
        };
    }

    /** Where a defect is, as there is no stack trace. */
    private static String at(Exception failure) {
        var stack = failure.getStackTrace();
        return stack.length == 0 ? "" : " at " + stack[0];
    }

    private static int status(Exception failure) {
        return switch (failure) {
            case CommandFailure own -> own.exitCode();
            case BrokerException broker -> ExitCode.of(broker);
            case LinuxException _, UncheckedIOException _, IllegalStateException _ -> ExitCode.LOCAL;
            default -> ExitCode.DEFECT;
        };
    }

    private static String message(Throwable failure) {
        return Optional.ofNullable(failure.getMessage()).orElseGet(failure::toString);
    }

    private static Throwable causeOrItself(Throwable failure) {
        var cause = failure.getCause();
        return cause == null ? failure : cause;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
