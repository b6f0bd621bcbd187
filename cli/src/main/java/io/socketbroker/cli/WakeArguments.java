package io.socketbroker.cli;

import com.google.protobuf.ByteString;
import io.socketbroker.client.WakeRule;
import io.socketbroker.v1.WakeFilter.MismatchAction;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which bytes wake the task, for every command that hands a socket over or changes one. */
final class WakeArguments {

    @Option(
            names = "--min-bytes",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "Byte streams: wake when so many bytes are there; at most 65536.")
    private @Nullable Integer minBytes;

    @Option(
            names = "--wake-prefix",
            paramLabel = "BYTES",
            converter = ByteText.Converter.class,
            description = "Byte streams: wake when these are the first bytes; at most 256. " + ByteText.FORMS + ".")
    private @Nullable ByteString prefix;

    @Option(names = "--wake-line", description = "Byte streams: wake when a whole line is there, ended by LF.")
    private boolean line;

    @Option(
            names = "--wake-frame",
            paramLabel = "N[,inclusive]",
            converter = FrameConverter.class,
            description = "Byte streams: wake when a whole frame is there, whose first 1, 2 or 4 bytes tell its length,"
                    + " big-endian; inclusive: the length counts itself too.")
    private @Nullable Frame frame;

    @Option(
            names = "--on-mismatch",
            paramLabel = "ACTION",
            converter = MismatchConverter.class,
            description =
                    "What is done with bytes that can never match. wake (default): wake all the same. close: close"
                            + " the connection. ignore: wait for more.")
    private @Nullable MismatchAction onMismatch;

    @Option(
            names = "--source",
            paramLabel = "CIDR",
            description = "UDP: wake for these sources only and discard the rest, as in 192.0.2.0/24. Up to 64 times.")
    private List<String> sources = List.of();

    /** The former rule with what was said. */
    WakeRule over(WakeRule former) {
        requireOneRule();
        var changed = former;
        if (minBytes != null) {
            changed = changed.withMinBytes(minBytes);
        }
        if (prefix != null) {
            changed = changed.withPrefix(prefix.toByteArray());
        }
        if (line) {
            changed = changed.withCompleteLine();
        }
        if (frame != null) {
            changed = changed.withCompleteFrame(frame.lengthBytes(), frame.inclusive());
        }
        if (onMismatch != null) {
            changed = changed.onMismatch(onMismatch);
        }
        return sources.isEmpty() ? changed : changed.withSources(sources);
    }

    private void requireOneRule() {
        if (Stream.of(prefix != null, line, frame != null)
                        .filter(given -> given)
                        .count()
                > 1) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--wake-prefix, --wake-line and --wake-frame exclude each other: choose one");
        }
    }

    /** The value of --wake-frame. */
    record Frame(int lengthBytes, boolean inclusive) {}

    /** Reads the value of --wake-frame. */
    static final class FrameConverter implements ITypeConverter<Frame> {
        @Override
        public Frame convert(String text) {
            boolean inclusive = text.endsWith(",inclusive");
            return switch (inclusive ? text.substring(0, text.indexOf(',')) : text) {
                case "1" -> new Frame(1, inclusive);
                case "2" -> new Frame(2, inclusive);
                case "4" -> new Frame(4, inclusive);
                default -> throw new TypeConversionException("'" + text + "' is not 1, 2 or 4, or as in 2,inclusive");
            };
        }
    }

    /** The words of --on-mismatch. */
    static final class MismatchConverter extends EnumConverter<MismatchAction> {
        MismatchConverter() {
            super(MismatchAction.class, "MISMATCH_ACTION_");
        }
    }
}
