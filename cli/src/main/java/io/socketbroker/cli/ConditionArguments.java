package io.socketbroker.cli;

import io.socketbroker.client.WakeConditions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What must hold before a task is woken. */
final class ConditionArguments {

    private static final String PRESSURE = " pressure (PSI \"some avg10\", see /proc/pressure) is below PERCENT.";

    @Option(names = "--when-network", description = "Wake only when there is a default route; else later.")
    private boolean network;

    @Option(names = "--when-path", paramLabel = "P", description = "Wake only when this absolute path exists.")
    private @Nullable Path path;

    @Option(
            names = "--when-time",
            paramLabel = "WINDOW",
            converter = TimeWindow.Converter.class,
            description = "Wake only at this time of the day: HH:MM-HH:MM[,DAYS][,ZONE], as in 08:00-18:00,mon-fri or"
                    + " 22:00-06:00,sat,sun,Europe/Berlin. Default: every day, the host's zone.")
    private @Nullable TimeWindow window;

    @Option(
            names = "--max-cpu-pressure",
            paramLabel = "PERCENT",
            converter = PercentConverter.class,
            description = "Wake only when the CPU's" + PRESSURE)
    private double maxCpuPressure;

    @Option(
            names = "--max-memory-pressure",
            paramLabel = "PERCENT",
            converter = PercentConverter.class,
            description = "Wake only when the memory's" + PRESSURE)
    private double maxMemoryPressure;

    @Option(
            names = "--max-io-pressure",
            paramLabel = "PERCENT",
            converter = PercentConverter.class,
            description = "Wake only when the input and output's" + PRESSURE)
    private double maxIoPressure;

    @Option(
            names = "--max-deferral",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Wake after so long all the same: 1s to 7d. Default: wait.")
    private @Nullable Duration maxDeferral;

    /** What was said. */
    WakeConditions conditions() {
        var conditions = WakeConditions.none()
                .withNetwork(network)
                .withMaxCpuPressure(maxCpuPressure)
                .withMaxMemoryPressure(maxMemoryPressure)
                .withMaxIoPressure(maxIoPressure);
        if (path != null) {
            conditions = conditions.withPath(path);
        }
        if (maxDeferral != null) {
            conditions = conditions.withMaxDeferral(maxDeferral);
        }
        return window == null ? conditions : window.over(conditions);
    }

    /** Reads "20", "20.5" or "20%". */
    static final class PercentConverter implements ITypeConverter<Double> {

        private static final Pattern FORM = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)%?");

        @Override
        public Double convert(String text) {
            var matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is not a percentage: write 20 or 20.5");
            }
            return Double.valueOf(matcher.group(1));
        }
    }
}
