package io.socketbroker.daemon.conditions;

import java.time.Duration;

/**
 * What {@link ConditionEvaluator} found. Immutable.
 *
 * @param met whether all conditions hold
 * @param unmet those that do not, with what was found, for people; empty if all do
 * @param lookAgainAfter when to ask again: 1 s, or for a time window the time until it opens, at most 60 s; if all hold, for
 *     how long that may be taken for granted, at most 1 s
 */
public record ConditionReport(boolean met, String unmet, Duration lookAgainAfter) {}
