package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OwnedFdsTest {
    private final int before = OwnedFd.openCount();

    @Test
    void shouldOwnWhatItWasGivenAndCloseIt() {
        int number;
        try (OwnedFds many = new OwnedFds();
                Pipes.Pipe pipe = Pipes.create()) {
            number = pipe.readEnd().number();
            many.put(40, pipe.readEnd());
            assertThat(pipe.readEnd().isOpen()).isFalse();
            assertThat(many.at(40).number()).isEqualTo(number);
            assertThat(many.nextFrom(0)).isEqualTo(40);
            assertThat(many.nextFrom(41)).isEqualTo(-1);
            assertThat(OwnedFd.openCount()).isEqualTo(before + 2);
        }
        assertThat(OpenDescriptors.ofThisProcess()).doesNotContainKey(number);
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }

    @Test
    void shouldGiveBackWhatItOwns() {
        try (OwnedFds many = new OwnedFds();
                Pipes.Pipe pipe = Pipes.create()) {
            many.put(0, pipe.readEnd());
            try (OwnedFd taken = many.take(0)) {
                assertThat(OpenDescriptors.ofThisProcess()).containsKey(taken.number());
                assertThat(many.has(0)).isFalse();
                assertThat(OwnedFd.openCount()).isEqualTo(before + 2);
            }
        }
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }

    @Test
    void shouldRefuseASecondOneAndOneThatIsNotThere() {
        try (OwnedFds many = new OwnedFds();
                Pipes.Pipe pipe = Pipes.create()) {
            many.put(3, pipe.readEnd());
            assertThatThrownBy(() -> many.put(3, pipe.writeEnd()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("index 3 has a descriptor");
            assertThat(pipe.writeEnd().isOpen()).as("still the giver's").isTrue();
            assertThatThrownBy(() -> many.put(4, pipe.readEnd())).isInstanceOf(IllegalStateException.class);
            assertThat(many.has(4)).isFalse();
            assertThatThrownBy(() -> many.at(2)).hasMessageContaining("index 2 has no descriptor");
            assertThatThrownBy(() -> many.take(200)).hasMessageContaining("index 200 has no descriptor");
        }
        assertThat(OwnedFd.openCount()).isEqualTo(before);
    }
}
