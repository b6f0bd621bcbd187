package io.socketbroker.daemon.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.socketbroker.daemon.supervisor.InheritedDescriptors.Inherited;
import io.socketbroker.linux.DescriptorFlags;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.OpenDescriptors;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Descriptors from 600 on stand for those from 3 on, which are the JVM's. */
class InheritedDescriptorsTest {
    private static final long OWN_PID = 4_711;
    private static final int FIRST = 600;

    private int openBefore;

    @BeforeEach
    void count() {
        openBefore = OwnedFd.openCount();
    }

    @AfterEach
    void shouldLeaveNoDescriptor() {
        assertThat(OwnedFd.openCount()).isEqualTo(openBefore);
        assertThat(OpenDescriptors.ofThisProcess().tailMap(FIRST)).isEmpty();
    }

    private static Map<String, String> environment(String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return environment;
    }

    /** As a manager leaves them: open, and inherited by whatever is executed. */
    private static void open(int count) {
        try (Sockets.Pair pair = Sockets.pair(Sockets.SOCK_STREAM)) {
            for (int i = 0; i < count; i++) {
                int number = pair.first().duplicateAtOrAbove(FIRST + i).release();
                assertThat(number).isEqualTo(FIRST + i);
                DescriptorFlags.setCloseOnExec(new Fd(number), false);
            }
        }
    }

    private static void close(int count) {
        for (int i = 0; i < count; i++) {
            OwnedFd.own(FIRST + i).close();
        }
    }

    @Test
    void shouldGiveDescriptorsByName() throws Exception {
        open(4);
        var environment = environment("LISTEN_PID=4711", "LISTEN_FDS=4", "LISTEN_FDNAMES=a:b:a:");
        try (InheritedDescriptors inherited = InheritedDescriptors.take(environment, OWN_PID, FIRST)) {
            List<Inherited> taken = inherited.takeNamed("a"::equals);
            assertThat(taken).extracting(each -> each.descriptor().number()).containsExactly(FIRST, FIRST + 2);
            assertThat(taken)
                    .allMatch(each ->
                            DescriptorFlags.isCloseOnExec(each.descriptor().fd()));
            assertThat(inherited.takeNamed("a"::equals)).isEmpty();
            assertThat(inherited.namesLeft()).containsExactly("b", "");
            taken.forEach(each -> each.descriptor().close());
        }
    }

    @Test
    void shouldCallThemUnknownWithoutNames() throws Exception {
        open(1);
        var environment = environment("LISTEN_PID=4711", "LISTEN_FDS=1");
        try (InheritedDescriptors inherited = InheritedDescriptors.take(environment, OWN_PID, FIRST)) {
            assertThat(inherited.namesLeft()).containsExactly("unknown");
        }
    }

    @Test
    void shouldLeaveThoseOfAnotherProcessAlone() throws Exception {
        open(1);
        for (String pid : List.of("LISTEN_PID=4712", "LISTEN_PID=", "X=")) {
            try (InheritedDescriptors inherited =
                    InheritedDescriptors.take(environment(pid, "LISTEN_FDS=1"), OWN_PID, FIRST)) {
                assertThat(inherited.namesLeft()).isEmpty();
            }
        }
        close(1);
    }

    @ParameterizedTest
    @CsvSource({
        "x,LISTEN_FDS=x is not a number",
        "-1,LISTEN_FDS=-1 is not a number",
        "99999999999,LISTEN_FDS=99999999999 is not a number",
        "3,LISTEN_FDNAMES=a:b does not name 3",
        "2,LISTEN_FDS counts descriptor 601: ",
    })
    void shouldRefuseWhatContradictsItself(String count, String message) {
        open(1);
        assertThatIOException()
                .isThrownBy(() -> InheritedDescriptors.take(
                        environment("LISTEN_PID=4711", "LISTEN_FDS=" + count, "LISTEN_FDNAMES=a:b"), OWN_PID, FIRST))
                .withMessageContaining(message);
        close(1);
    }

    @Test
    void shouldTakeNoneWithoutAManager() throws Exception {
        try (InheritedDescriptors none = InheritedDescriptors.none();
                InheritedDescriptors empty =
                        InheritedDescriptors.take(environment("LISTEN_PID=4711", "LISTEN_FDS=0"), OWN_PID)) {
            assertThat(none.takeNamed(_ -> true)).isEmpty();
            assertThat(empty.takeNamed(_ -> true)).isEmpty();
        }
    }
}
