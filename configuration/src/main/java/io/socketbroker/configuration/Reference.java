package io.socketbroker.configuration;

import java.util.List;

/** All keys, as the reference in docs/configuration.md has them. Stateless. */
final class Reference {
    static final List<Section> SECTIONS = List.of(
            BrokerSettings.SECTION,
            LimitSettings.SECTION,
            CustodySettings.SECTION,
            TaskKeys.SECTION,
            ListenerKeys.SECTION);

    private Reference() {}

    /** In Markdown. */
    static String markdown() {
        StringBuilder text = new StringBuilder();
        for (Section section : SECTIONS) {
            text.append("\n### `").append(section.header()).append("`\n").append(section.about());
            text.append("\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
            section.keys().forEach(key -> row(key, text));
        }
        return text.toString();
    }

    private static void row(Key<?> key, StringBuilder text) {
        String otherwise = key.isRequired()
                ? "must be given"
                : key.defaultValue().isPresent() ? "`" + key.defaultText() + "`" : key.defaultText();
        text.append("| `")
                .append(key.name())
                .append("` | ")
                .append(cell(key.form().allowed()))
                .append(" | ");
        text.append(cell(otherwise)).append(" | ").append(cell(key.meaning()));
        text.append(key.needsRestart() ? " *Restart.*" : "").append(" |\n");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("*,", "\\*,").replace("* for", "\\* for");
    }
}
