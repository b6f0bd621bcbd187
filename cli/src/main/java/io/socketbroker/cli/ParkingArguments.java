package io.socketbroker.cli;

import com.google.protobuf.ByteString;
import io.socketbroker.client.ParkingOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the broker does for a socket beyond watching, for every command that hands one over or changes one. */
final class ParkingArguments {

    @Mixin
    private WakeArguments wake = new WakeArguments();

    @Option(
            names = "--auto-answer",
            paramLabel = "REQUEST=RESPONSE",
            converter = AnswerConverter.class,
            description = "The broker answers by itself when what can be read is exactly REQUEST; = in it is \\x3d. "
                    + ByteText.FORMS + ", for each side. Up to 16 times.")
    private List<Answer> answers = List.of();

    @Option(
            names = "--expires-after",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Close the socket when it was parked so long without a wake: 1s to 365d. Default: never.")
    private @Nullable Duration expiresAfter;

    @Option(names = "--notify-network", description = "Also wake when the host's addresses or routes change.")
    private boolean notifyNetwork;

    /** The former options with what was said. */
    ParkingOptions over(ParkingOptions former) {
        var changed = former.withWakeRule(wake.over(former.wakeRule()));
        if (!answers.isEmpty()) {
            changed = changed.withoutAnswers();
            for (var answer : answers) {
                changed = changed.answering(
                        answer.request().toByteArray(), answer.response().toByteArray());
            }
        }
        if (expiresAfter != null) {
            changed = changed.withExpiry(expiresAfter);
        }
        return notifyNetwork ? changed.withNetworkChanges(true) : changed;
    }

    /** A value of --auto-answer. */
    record Answer(ByteString request, ByteString response) {}

    /** Reads a value of --auto-answer. */
    static final class AnswerConverter implements ITypeConverter<Answer> {
        @Override
        public Answer convert(String text) {
            int sign = text.indexOf('=');
            if (sign < 1) {
                throw new TypeConversionException("'" + text + "' is not REQUEST=RESPONSE");
            }
            return new Answer(ByteText.parse(text.substring(0, sign)), ByteText.parse(text.substring(sign + 1)));
        }
    }
}
