package io.socketbroker.daemon;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;

/**
 * What is logged, and where to. In code, because a file of Logback's costs each start 500 classes that read XML. One that
 * {@code -Dlogback.configurationFile} names takes its place all the same. Found by {@link java.util.ServiceLoader}.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class LogConfigurator extends ContextAwareBase implements Configurator {
    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level [%thread] %logger{0}: %msg%n";
    private static final int QUEUED_LINES = 4_096;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        level(context, Logger.ROOT_LOGGER_NAME, Level.INFO);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(withoutWaiting(context, standardError(context)));
        // These log every frame when asked to, and a harmless warning about SO_KEEPALIVE on unix sockets.
        level(context, "io.grpc", Level.INFO);
        level(context, "io.netty", Level.INFO);
        level(context, "io.netty.bootstrap", Level.ERROR);
        // They look for network interfaces, and the hardened system service has none.
        level(context, "io.netty.util.NetUtilInitializations", Level.ERROR);
        level(context, "io.netty.util.internal.MacAddressUtil", Level.ERROR);
        level(context, "org.freedesktop.dbus", Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static void level(LoggerContext context, String logger, Level level) {
        context.getLogger(logger).setLevel(level);
    }

    private static ConsoleAppender<ILoggingEvent> standardError(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("STDERR");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    /** The conductor must not wait for whoever reads standard error: full means dropped, never blocked. */
    private static AsyncAppender withoutWaiting(LoggerContext context, ConsoleAppender<ILoggingEvent> target) {
        AsyncAppender appender = new AsyncAppender();
        appender.setContext(context);
        appender.setName("ASYNC");
        appender.setNeverBlock(true);
        appender.setQueueSize(QUEUED_LINES);
        appender.addAppender(target);
        appender.start();
        return appender;
    }
}
