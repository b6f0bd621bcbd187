package io.socketbroker.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotIndexTest {
    private static final int SLOTS = 600;

    private final int[] keys = new int[SLOTS];

    /** Against a HashMap, with hashes that meet often. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16, 1_000_003})
    void shouldFindWhatIsThereAndNothingElse(int differentHashes) {
        SlotIndex index = new SlotIndex(slot -> keys[slot] % differentHashes);
        Map<Integer, Integer> model = new HashMap<>();
        SplittableRandom random = new SplittableRandom(differentHashes);
        for (int step = 0; step < 20_000; step++) {
            int slot = random.nextInt(SLOTS);
            // Grows, shrinks, and grows again.
            boolean fills = (step / 4_000) % 2 == 0;
            if (!model.containsValue(slot) && (fills || random.nextInt(8) == 0)) {
                int key = slot + SLOTS * random.nextInt(1_000);
                keys[slot] = key;
                index.add(slot);
                model.put(key, slot);
            } else if (model.containsValue(slot) && (!fills || random.nextInt(8) == 0)) {
                model.remove(keys[slot]);
                index.remove(slot);
            }
            int asked = slot + SLOTS * random.nextInt(1_000);
            assertThat(find(index, asked, differentHashes)).isEqualTo(model.getOrDefault(asked, -1));
            if (step % 500 == 0) {
                model.forEach((key, held) ->
                        assertThat(find(index, key, differentHashes)).isEqualTo(held));
            }
        }
    }

    private int find(SlotIndex index, int key, int differentHashes) {
        return index.find(key % differentHashes, key, (slot, wanted) -> keys[slot] == wanted);
    }

    @Test
    void shouldRefuseToRemoveWhatIsNotThere() {
        SlotIndex index = new SlotIndex(slot -> slot);
        index.add(1);
        assertThatThrownBy(() -> index.remove(17)).hasMessageContaining("slot 17");
    }

    /** Names that count, which lie side by side under a hash that adds the last character and mixes no more. */
    @ParameterizedTest
    @ValueSource(longs = {0x1234_5678_9abc_def0L, 0x0fed_cba9_8765_4321L, -1})
    void shouldLookAtFewSlotsForNamesThatCount(long secret) {
        int count = 20_000;
        NameHash hash = new NameHash(secret);
        SocketName[] names = new SocketName[count];
        SlotIndex index = new SlotIndex(slot -> hash.of(names[slot]));
        for (int slot = 0; slot < count; slot++) {
            names[slot] = new SocketName(7, "app", "connection-" + slot);
            index.add(slot);
        }
        AtomicInteger looks = new AtomicInteger();
        for (SocketName name : names) {
            index.find(hash.of(name), name, (slot, wanted) -> {
                looks.incrementAndGet();
                return names[slot].equals(wanted);
            });
        }
        // Knuth, The Art of Computer Programming, vol. 3, 6.4: 2.0 with two thirds of the places taken, and random
        // hashes.
        assertThat(looks.get()).isBetween(count, 5 * count / 2);
    }

    @Test
    void shouldHashNamesByASecret() {
        SocketName name = new SocketName(7, "app", "connection-1");
        NameHash hash = new NameHash(0x1234_5678_9abc_def0L);
        assertThat(hash.of(name)).isEqualTo(hash.of(new SocketName(7, "app", "connection-1")));
        assertThat(hash.of(name)).isNotEqualTo(new NameHash(0x0fed_cba9_8765_4321L).of(name));
        // The same for String.hashCode, whatever the seed.
        assertThat(hash.of(new SocketName(7, "app", "AaAa")))
                .isNotEqualTo(hash.of(new SocketName(7, "app", "BBBB")))
                .isNotEqualTo(hash.of(new SocketName(7, "app", "AaBB")));
        assertThat(hash.of(new SocketName(7, "ap", "pconnection-1"))).isNotEqualTo(hash.of(name));
    }
}
