package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ErrnoTest {

    @Test
    void shouldNameEveryConstant() throws Exception {
        int constants = 0;
        for (Field field : Errno.class.getDeclaredFields()) {
            assertThat(Errno.name(field.getInt(null))).isEqualTo(field.getName());
            assertThat(Errno.description(field.getInt(null))).doesNotStartWith("Unknown");
            constants++;
        }
        assertThat(constants).isEqualTo(131);
    }

    @Test
    void shouldDescribeErrorsAsStrerrorDoes() {
        assertThat(Errno.description(Errno.ENOENT)).isEqualTo("No such file or directory");
        assertThat(Errno.description(Errno.EPIPE)).isEqualTo("Broken pipe");
        assertThat(Errno.description(Errno.ETOOMANYREFS)).isEqualTo("Too many references: cannot splice");
    }

    @Test
    void shouldNumberUnknownErrors() {
        for (int errno : List.of(0, 41, 58, 134, 4096)) {
            assertThat(Errno.name(errno)).isEqualTo("E" + errno);
            assertThat(Errno.description(errno)).isEqualTo("Unknown error " + errno);
        }
        assertThat(Errno.name(-7)).isEqualTo("E-7");
        assertThat(Errno.description(-7)).isEqualTo("Unknown error -7");
    }

    @Test
    void shouldNameCallDescriptorAndErrorInTheMessage() {
        var failure = new LinuxException("sendmsg", 12, Errno.EPIPE);
        assertThat(failure).hasMessage("sendmsg on descriptor 12: EPIPE (Broken pipe)");
        assertThat(failure.call()).isEqualTo("sendmsg");
        assertThat(failure.fd()).isEqualTo(12);
        assertThat(failure.errno()).isEqualTo(Errno.EPIPE);
        assertThat(failure.errnoName()).isEqualTo("EPIPE");
        assertThat(failure.is(Errno.EPIPE)).isTrue();
        assertThat(failure.is(Errno.EBADF)).isFalse();
    }

    @Test
    void shouldLeaveOutTheDescriptorThatIsNotThere() {
        assertThat(new LinuxException("socket", -1, Errno.EMFILE)).hasMessage("socket: EMFILE (Too many open files)");
        var named = LinuxException.of("posix_spawn", "/bin/nope", Errno.ENOENT);
        assertThat(named).hasMessage("posix_spawn of /bin/nope: ENOENT (No such file or directory)");
        assertThat(named.fd()).isEqualTo(-1);
        assertThat(named.call()).isEqualTo("posix_spawn");
    }
}
