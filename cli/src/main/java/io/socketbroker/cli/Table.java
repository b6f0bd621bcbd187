package io.socketbroker.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns that line up. The last one is not padded, so that lines have no blanks at their ends. */
final class Table {

    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    private Table() {}

    /** A table with a first row of titles. */
    static Table withTitles(String... titles) {
        return new Table().row((Object[]) titles);
    }

    /** A table of names and values. */
    static Table ofPairs() {
        return new Table();
    }

    /** Adds a row with as many cells as the others; an empty cell shows as "-". */
    Table row(Object... cells) {
        rows.add(Arrays.stream(cells)
                .map(cell -> cell.toString().isEmpty() ? "-" : cell.toString())
                .toList());
        return this;
    }

    /** The table as text. */
    List<String> lines() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        var widths = new int[columns];
        for (var row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        var text = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            text.append(i == 0 ? "" : GAP).append(row.get(i));
            if (i < row.size() - 1) {
                text.repeat(" ", widths[i] - row.get(i).length());
            }
        }
        return text.toString();
    }
}
