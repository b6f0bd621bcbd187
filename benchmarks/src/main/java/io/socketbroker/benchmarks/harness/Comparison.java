package io.socketbroker.benchmarks.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Contenders in turns, A, B, C, A, B, C, so that whatever else the machine does meets all of them. The first turns warm
 * them up and are not counted. Who fails is out of it; the others go on, but the run as a whole is invalid.
 */
public final class Comparison {
    private final Report report;
    private final Map<String, Runs> rows = new LinkedHashMap<>();
    private final List<InvalidRunException> failures = new ArrayList<>();

    private Comparison(Report report) {
        this.report = report;
    }

    /**
     * Runs all turns, and reports the table.
     *
     * @param contenders the floor first
     * @param warmUps turns that are not counted, from 0
     * @param rounds turns that are, from 1
     * @throws InvalidRunException if one of the contenders failed, after the table of the others
     */
    public static void run(
            Report report, String title, Unit unit, List<? extends Contender> contenders, int warmUps, int rounds)
            throws IOException {
        Comparison comparison = new Comparison(report);
        report.note("load " + Machine.load());
        List<Contender> sound = new ArrayList<>(contenders);
        for (int turn = 0; turn < warmUps + rounds; turn++) {
            for (Contender contender : List.copyOf(sound)) {
                if (!comparison.turn(contender, turn >= warmUps)) {
                    sound.remove(contender);
                }
            }
        }
        comparison.finish(title, unit, sound.size() == contenders.size() ? rounds : 1);
    }

    private boolean turn(Contender contender, boolean counted) throws IOException {
        List<Measured> measured;
        try {
            measured = contender.run();
        } catch (InvalidRunException e) {
            report.note("INVALID: " + e.getMessage());
            failures.add(e);
            return false;
        }
        if (counted) {
            measured.forEach(one ->
                    rows.computeIfAbsent(one.row(), _ -> new Runs(one.role())).add(one));
        }
        return true;
    }

    private void finish(String title, Unit unit, int leastTurns) {
        if (!rows.isEmpty()) {
            report.table(new TableData(title, unit, rows));
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        rows.forEach((name, runs) -> {
            if (runs.count() < leastTurns) {
                throw new InvalidRunException(name + " had " + runs.count() + " turns of " + leastTurns);
            }
        });
    }
}
