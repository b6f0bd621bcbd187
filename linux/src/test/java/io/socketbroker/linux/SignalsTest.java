package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;

final class SignalsTest {

    @Test
    void shouldNameEveryConstant() throws Exception {
        int constants = 0;
        for (Field field : Signals.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers())) {
                assertThat(Signals.name(field.getInt(null))).isEqualTo(field.getName());
                constants++;
            }
        }
        assertThat(constants).isEqualTo(31);
    }

    @Test
    void shouldNumberOtherSignals() {
        assertThat(Signals.name(0)).isEqualTo("SIG0");
        assertThat(Signals.name(34)).isEqualTo("SIG34");
        assertThat(Signals.name(-1)).isEqualTo("SIG-1");
    }

    @Test
    void shouldShowHowAProcessEnded() {
        assertThat(new ExitStatus.Exited(0)).hasToString("exit 0");
        assertThat(new ExitStatus.Exited(0).isSuccess()).isTrue();
        assertThat(new ExitStatus.Exited(3).isSuccess()).isFalse();
        assertThat(new ExitStatus.Signaled(9, false)).hasToString("signal 9 (SIGKILL)");
        assertThat(new ExitStatus.Signaled(11, true)).hasToString("signal 11 (SIGSEGV), core dumped");
        assertThat(new ExitStatus.Signaled(15, false).isSuccess()).isFalse();
    }
}
