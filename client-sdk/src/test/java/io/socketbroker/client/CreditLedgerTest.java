package io.socketbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.client.CreditLedger.Admission;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CreditLedgerTest {

    private final CreditLedger ledger = new CreditLedger(3);

    @Test
    void shouldTakeNoMoreThanItGranted() {
        assertThat(ledger.start()).isEqualTo(3);
        assertThat(ledger.delivered(2)).isEqualTo(Admission.TAKEN);
        assertThat(ledger.delivered(2)).isEqualTo(Admission.ABOVE_CREDIT);
        assertThat(ledger.delivered(1)).isEqualTo(Admission.TAKEN);
    }

    @Test
    void shouldTakeWhatComesWhileItDrains() {
        ledger.start();
        assertThat(ledger.delivered(1)).isEqualTo(Admission.TAKEN);
        var drained = ledger.drain();
        assertThat(ledger.delivered(1)).isEqualTo(Admission.TAKEN);
        ledger.finished();
        assertThat(drained).isNotDone();
        ledger.finished();
        assertThat(drained).succeedsWithin(Duration.ofSeconds(5));
    }

    @Test
    void shouldTakeNothingOnceItIsDrained() {
        ledger.start();
        var _ = ledger.drain();
        // In the same moment, whether the future is told already or not: nobody would work on it.
        assertThat(ledger.delivered(1)).isEqualTo(Admission.TOO_LATE);
    }
}
