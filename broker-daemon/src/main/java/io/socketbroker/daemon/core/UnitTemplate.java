package io.socketbroker.daemon.core;

import java.util.regex.Pattern;

/** Names of template units, as systemd.unit(5) has them: never a path, so that a task cannot name a file. */
public final class UnitTemplate {
    /** What {@link #isTemplate} asks for, for the text of a refusal. */
    public static final String RULE =
            "must be 1 to 200 characters of A-Z, a-z, 0-9, ':', '_', '.' and '-', then '@.service'";

    private static final Pattern TEMPLATE = Pattern.compile("(?<prefix>[A-Za-z0-9:_.-]{1,200}@)\\.service");

    private UnitTemplate() {}

    /** Whether the name is a template's, such as "socketbroker-handler@.service". */
    public static boolean isTemplate(String name) {
        return TEMPLATE.matcher(name).matches();
    }

    /**
     * The unit of one activation: "socketbroker-handler@5.service".
     *
     * @throws IllegalArgumentException if {@link #isTemplate} is false
     */
    public static String instance(String template, long activationId) {
        var matcher = TEMPLATE.matcher(template);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("the unit template " + RULE);
        }
        return matcher.group("prefix") + activationId + ".service";
    }
}
