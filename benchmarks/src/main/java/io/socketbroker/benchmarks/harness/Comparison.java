package io.socketbroker.benchmarks.harness;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Contenders in turns, A, B, C, A, B, C, so that whatever else the machine does meets all of them. The first turns warm
 * them up and are not counted.
 */
public final class Comparison {
    private Comparison() {}

    /**
     * Runs all turns.
     *
     * @param warmUps turns that are not counted, from 0
     * @param rounds turns that are, from 1
     * @return the rows in the order of the contenders
     */
    public static Map<String, Runs> run(List<Contender> contenders, int warmUps, int rounds) throws IOException {
        Map<String, Runs> rows = new LinkedHashMap<>();
        for (int turn = 0; turn < warmUps + rounds; turn++) {
            for (Contender contender : contenders) {
                for (Measured measured : contender.run()) {
                    if (turn >= warmUps) {
                        rows.computeIfAbsent(measured.row(), _ -> new Runs()).add(measured);
                    }
                }
            }
        }
        return rows;
    }
}
