package io.socketbroker.daemon;

import static org.assertj.core.api.Assertions.assertThat;

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
}
