package io.socketbroker.benchmarks.harness;

import java.util.List;
import java.util.Locale;

/**
 * Charts as an SVG picture: a bar for each row from the left edge to its median, and a line on to its 99th percentile, on a
 * logarithmic axis with the same scale for all rows of a chart.
 */
final class Plot {
    private static final int WIDTH = 900;
    private static final int LEFT = 340;
    private static final int RIGHT = 110;
    private static final int ROW = 22;
    private static final int BAR = 12;
    private static final int HEAD = 34;
    private static final double DECADE = 10.0;

    private final StringBuilder svg = new StringBuilder();
    private int y;

    private Plot() {}

    static String of(String title, List<Chart> charts) {
        Plot plot = new Plot();
        plot.text(10, 22, 16, "start", title);
        plot.y = HEAD;
        charts.forEach(plot::chart);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\">%n"
                        .formatted(WIDTH, plot.y + 10)
                + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
                + plot.svg
                + "</svg>\n";
    }

    private void chart(Chart chart) {
        Scale scale = Scale.of(chart);
        String unit = chart.unit();
        y += ROW;
        text(10, y, 13, "start", chart.title() + (unit.isEmpty() ? "" : " (" + unit + ", p50 and p99)"));
        int top = y + 6;
        int bottom = top + chart.bars().size() * ROW;
        for (double tick = scale.least; tick <= scale.most * 1.001; tick *= DECADE) {
            int x = scale.x(tick);
            svg.append("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#dddddd\"/>%n"
                    .formatted(x, top, x, bottom));
            text(x, bottom + 12, 10, "middle", number(tick));
        }
        chart.bars().forEach(bar -> row(scale, bar));
        y = bottom + 20;
    }

    private void row(Scale scale, Chart.Bar bar) {
        y += ROW;
        int middle = y - 5;
        double tail = bar.tail().orElse(bar.median());
        text(LEFT - 8, y, 11, "end", bar.name());
        svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n"
                .formatted(LEFT, middle - BAR / 2, Math.max(1, scale.x(bar.median()) - LEFT), BAR, colour(bar.role())));
        svg.append("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#333333\"/>%n"
                .formatted(scale.x(bar.median()), middle, scale.x(tail), middle));
        text(scale.x(tail) + 6, y, 11, "start", number(bar.median()));
    }

    private static String colour(Role role) {
        return switch (role) {
            case OURS -> "#2b7a4b";
            case RIVAL -> "#b5651d";
            case FLOOR -> "#8a8f98";
            case PART -> "#a9c9b5";
        };
    }

    private void text(int x, int baseline, int size, String anchor, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        svg.append("<text x=\"%d\" y=\"%d\" font-size=\"%d\" text-anchor=\"%s\">%s</text>%n"
                .formatted(x, baseline, size, anchor, escaped));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 1 ? "%.1f" : "%.3f", value);
    }

    /** From a power of ten to another. */
    private record Scale(double least, double most) {
        static Scale of(Chart chart) {
            double low = Double.MAX_VALUE;
            double high = 0.0;
            for (Chart.Bar bar : chart.bars()) {
                low = bar.median() > 0 ? Math.min(low, bar.median()) : low;
                high = Math.max(high, bar.tail().orElse(bar.median()));
            }
            if (high == 0.0) {
                return new Scale(1.0, DECADE);
            }
            double least = Math.pow(DECADE, Math.floor(Math.log10(low / 2)));
            return new Scale(least, Math.max(least * DECADE, Math.pow(DECADE, Math.ceil(Math.log10(high)))));
        }

        int x(double value) {
            double part = Math.log10(Math.max(value, least) / least) / Math.log10(most / least);
            return LEFT + (int) Math.round(part * (WIDTH - LEFT - RIGHT));
        }
    }
}
