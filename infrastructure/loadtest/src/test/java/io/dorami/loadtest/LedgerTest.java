package io.dorami.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.loadtest.Ledger.Entry;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Ledger ledger = Ledger.fromTheStart();

    @Test
    void nothingIsMissingWhereEachFollowsTheLast() {
        for (int rank = 0; rank < 100; rank++) {
            assertThat(ledger.take(rank)).isEqualTo(Entry.NEXT);
        }
        assertThat(ledger.lost(100)).isZero();
    }

    @Test
    void whatWasSkippedIsLost() {
        take(0, 1, 4, 5, 8);
        assertThat(ledger.lost(9)).isEqualTo(4);
    }

    @Test
    void whatNeverCameAtTheEndIsLostForOneWhoStayed() {
        take(0, 1);
        assertThat(ledger.lost(5)).isEqualTo(3);
        assertThat(ledger.gaps()).isZero();
    }

    @Test
    void oneWhoHeardNothingHasLostAll() {
        assertThat(ledger.lost(7)).isEqualTo(7);
    }

    @Test
    void whatComesAfterALaterOneIsOutOfOrderAndNotLost() {
        take(0, 2, 3);
        assertThat(ledger.take(1)).isEqualTo(Entry.OUT_OF_ORDER);
        assertThat(ledger.outOfOrder()).isOne();
        assertThat(ledger.lost(4)).isZero();
    }

    @Test
    void whatComesAgainIsDoubledHoweverOld() {
        take(0, 1, 2, 4);
        assertThat(ledger.take(4)).isEqualTo(Entry.DOUBLED);
        assertThat(ledger.take(0)).isEqualTo(Entry.DOUBLED);
        assertThat(ledger.take(3)).isEqualTo(Entry.OUT_OF_ORDER);
        assertThat(ledger.take(3)).isEqualTo(Entry.DOUBLED);
        assertThat(ledger.doubled()).isEqualTo(3);
        assertThat(ledger.lost(5)).isZero();
    }

    @Test
    void oneWhoComesInTheMiddleMissesNothingOfBefore() {
        Ledger late = Ledger.fromNow();
        assertThat(late.lost(50)).isZero();
        late.take(40);
        late.take(42);
        assertThat(late.lost(43)).isOne();
    }

    @Test
    void whatComesLiveMustFollowTheHistory() {
        Ledger late = Ledger.fromNow();
        late.history(40);
        late.take(42);
        assertThat(late.lost(43)).as("41 was neither in the history nor live").isOne();
    }

    @Test
    void thoseWhoLeftAreAskedOnlyForWhatIsBetweenWhatTheyHeard() {
        Ledger.Sum left = new Ledger.Sum();
        take(0, 2, 2);
        left.add(ledger);
        left.add(Ledger.fromNow());
        assertThat(left.sessions).isEqualTo(2);
        assertThat(left.lost).isOne();
        assertThat(left.doubled).isOne();
    }

    private void take(int... ranks) {
        for (int rank : ranks) {
            ledger.take(rank);
        }
    }
}
