package io.socketbroker.daemon.conditions;

import io.socketbroker.v1.TaskConditions;
import java.util.function.Consumer;

public final class ConditionEvaluator {
    public record ConditionReport(boolean met, String unmet, java.time.Duration lookAgainAfter) {}

    public void evaluate(TaskConditions c, Consumer<ConditionReport> d) {
        d.accept(new ConditionReport(true, "", java.time.Duration.ofSeconds(1)));
    }
}
