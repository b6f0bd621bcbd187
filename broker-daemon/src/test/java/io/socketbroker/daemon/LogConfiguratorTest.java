package io.socketbroker.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.core.ConsoleAppender;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogConfiguratorTest {
    @Test
    void shouldLogFromInfoOnWithoutNoiseOfLibraries() {
        LoggerContext context = new LoggerContext();
        assertThat(new LogConfigurator().configure(context)).isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
        assertThat(context.getLogger("io.socketbroker.daemon").getEffectiveLevel())
                .isEqualTo(Level.INFO);
        assertThat(context.getLogger("io.netty.bootstrap.Bootstrap").getEffectiveLevel())
                .isEqualTo(Level.ERROR);
        assertThat(context.getLogger("org.freedesktop.dbus.x").getEffectiveLevel())
                .isEqualTo(Level.WARN);
        context.stop();
    }

    @Test
    void shouldMakeWayForAFile() {
        LoggerContext context = new LoggerContext();
        System.setProperty("logback.configurationFile", "/some/logback.xml");
        try {
            assertThat(new LogConfigurator().configure(context)).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
        } finally {
            System.clearProperty("logback.configurationFile");
        }
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME)
                        .iteratorForAppenders()
                        .hasNext())
                .isFalse();
    }

    @Test
    void shouldBeTheOneThatLogbackFinds() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var appenders = context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
        AsyncAppender async = (AsyncAppender) appenders.next();
        assertThat(appenders.hasNext()).isFalse();
        assertThat(async.isNeverBlock()).isTrue();
        assertThat(((ConsoleAppender<?>) async.getAppender("STDERR")).getTarget())
                .isEqualTo("System.err");
    }
}
