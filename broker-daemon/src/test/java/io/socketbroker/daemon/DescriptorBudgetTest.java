package io.socketbroker.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorBudgetTest {
    @ParameterizedTest
    @CsvSource({"64, 4, 40", "200, 12, 126", "1024, 64, 640", "20000, 512, 18720"})
    void shouldKeepAReserveForHandlersAndConnections(long openFiles, int handlers, int sockets) {
        DescriptorBudget budget = DescriptorBudget.of(openFiles, 1024);
        assertThat(budget.handlers()).isEqualTo(handlers);
        assertThat(budget.sockets()).isEqualTo(sockets);
        assertThat(budget.sockets() + 2 * budget.handlers()).isLessThan((int) openFiles);
    }

    @Test
    void shouldCountWhatTheProcessHasOpenItself() throws IOException {
        assertThat(DescriptorBudget.of(200, 1_024).beside(60).sockets()).isEqualTo(52);
        assertThat(DescriptorBudget.of(20_000, 1_024).beside(60).sockets()).isEqualTo(18_720);
    }

    @Test
    void shouldRefuseALimitThatLeavesNothingForSockets() {
        assertThatThrownBy(() -> DescriptorBudget.of(100, 1_024).beside(60))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the limit of open files is 100, and the broker needs 144");
    }
}
