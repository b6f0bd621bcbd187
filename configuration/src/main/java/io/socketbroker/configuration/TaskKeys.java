package io.socketbroker.configuration;

import io.socketbroker.v1.ExitAction;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.SystemdLauncher.Manager;
import io.socketbroker.v1.TaskConditions.TimeWindow;
import io.socketbroker.v1.TaskLimits.OverLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The keys of [[task]], in the words of `socketbroker task register`. Stateless. */
final class TaskKeys {
    private static final int MILLION = 1_000_000;
    private static final String AT_ONCE = " at once before that counts.";
    private static final String AS_IN_A_SECOND = "as many as in a second";
    private static final String PRESSURE = " pressure (PSI \"some avg10\") is below this; 0 is no bound.";
    private static final Form<Integer> ANY_COUNT = Numbers.count(0, MILLION);

    private static final Form<ExitAction> EXIT = Forms.word(Words.of(
            "close", ExitAction.EXIT_ACTION_CLOSE,
            "rearm", ExitAction.EXIT_ACTION_REARM,
            "retry", ExitAction.EXIT_ACTION_RETRY));

    static final Key<String> TASK_NAME = Key.required("name", Forms.NAME, "What listeners name it by.");
    static final Key<List<String>> COMMAND = Key.optional(
            "command",
            Forms.list(Forms.string(), 1, 256),
            "see `unit` and `sessions-only`",
            "The program and its arguments; the program with an absolute path.");
    static final Key<String> UNIT = Key.optional(
            "unit",
            Forms.text(
                    "template unit",
                    "as in \"socketbroker-handler@.service\"",
                    Pattern.compile("[A-Za-z0-9:_.-]{1,200}@\\.service")),
            "see `command` and `sessions-only`",
            "Instead of a command: instances of this systemd unit are started; their program claims the socket.");
    static final Key<Boolean> SESSIONS_ONLY =
            Key.of("sessions-only", Forms.FLAG, false, "Instead of a command: wakes wait for a program that attaches.");
    static final Key<Manager> MANAGER = Key.optional(
            "manager",
            Forms.word(Words.of("system", Manager.MANAGER_SYSTEM, "user", Manager.MANAGER_USER)),
            "system for root's broker, else user",
            "With `unit`: whose systemd.");
    static final Key<LaunchStyle> STDIO = Key.of(
            "stdio",
            Forms.word(Words.of(
                    "socket", LaunchStyle.LAUNCH_STYLE_SOCKET,
                    "listen-fds", LaunchStyle.LAUNCH_STYLE_LISTEN_FDS,
                    "claim", LaunchStyle.LAUNCH_STYLE_CLAIM)),
            LaunchStyle.LAUNCH_STYLE_SOCKET,
            "How the command finds its socket: on 0 and 1 as inetd, from 3 on with LISTEN_FDS as systemd, or by asking"
                    + " the broker with a token.");
    static final Key<Map<String, String>> ENVIRONMENT = Key.optional(
            "environment",
            Forms.strings(128),
            "nothing more",
            "Added to the command's environment. Names that start with SOCKETBROKER_ or LISTEN_ are refused.");
    static final Key<Path> WORKING_DIRECTORY =
            Key.of("working-directory", Forms.PATH, Path.of("/"), "Where the command starts.");
    static final Key<ExitAction> ON_EXIT = Key.optional(
            "on-exit",
            EXIT,
            "by kind of socket",
            "What becomes of the socket when the command ends without a word. close: closed. rearm: parked again, or"
                    + " repeated after a failure. retry: closed, or repeated after a failure.");
    static final Key<ExitAction> ON_SUCCESS =
            Key.optional("on-success", EXIT, "as `on-exit` says", "The same with status 0 only.");
    static final Key<ExitAction> ON_FAILURE =
            Key.optional("on-failure", EXIT, "as `on-exit` says", "The same with any other end only.");
    static final Key<Duration> TIMEOUT = Key.optional(
            "timeout",
            Numbers.time(Duration.ofSeconds(1), Duration.ofDays(7)),
            "none",
            "Ends a handler that runs longer.");
    static final Key<Duration> LINGER = Key.optional(
            "linger",
            Numbers.time(Duration.ZERO, Duration.ofHours(1)),
            "it ends at once",
            "How long a handler of the SDK stays for more work once it has none.");
    static final Key<Boolean> NOTIFY_REBOOT = Key.of(
            "notify-reboot", Forms.FLAG, false, "Wake once for each socket that was lost in a restart of the host.");
    static final Key<Integer> MAX_CONCURRENCY =
            Key.of("max-concurrency", Numbers.count(1, 10_000), 64, "Handlers of the task at the same time.");
    static final Key<Integer> MAX_CONNECTIONS = Key.of(
            "max-connections",
            ANY_COUNT,
            0,
            "Connections of the task's listeners at the same time; 0 is no limit but `max-concurrency`.");
    static final Key<Integer> MAX_CONNECTIONS_PER_SOURCE = Key.of(
            "max-connections-per-source", ANY_COUNT, 0, "The same from one IPv4 address or IPv6 /64; 0 is no limit.");
    static final Key<OverLimit> OVER_LIMIT = Key.optional(
            "over-limit",
            Forms.word(Words.of("hold", OverLimit.OVER_LIMIT_HOLD, "refuse", OverLimit.OVER_LIMIT_REFUSE)),
            "hold",
            "What is done with connections over these: they wait, or they are closed.");
    static final Key<Integer> PER_SECOND = Key.of(
            "activations-per-second",
            ANY_COUNT,
            0,
            "Wakes of the task a second; further ones come later. 0: no limit.");
    static final Key<Integer> BURST =
            Key.optional("activation-burst", Numbers.count(1, MILLION), AS_IN_A_SECOND, "Wakes" + AT_ONCE);
    static final Key<Integer> SOCKET_PER_SECOND =
            Key.of("socket-activations-per-second", ANY_COUNT, 0, "Wakes of one socket a second. 0: no limit.");
    static final Key<Integer> SOCKET_BURST = Key.optional(
            "socket-activation-burst", Numbers.count(1, MILLION), AS_IN_A_SECOND, "Wakes of one socket" + AT_ONCE);
    static final Key<Integer> SOURCE_PER_SECOND = Key.of(
            "source-activations-per-second",
            ANY_COUNT,
            0,
            "Wakes a second of all sockets with a peer in the same IPv4 /24 or IPv6 /64. 0: no limit.");
    static final Key<Integer> SOURCE_BURST = Key.optional(
            "source-activation-burst", Numbers.count(1, MILLION), AS_IN_A_SECOND, "Wakes of those sockets" + AT_ONCE);
    static final Key<Boolean> WHEN_NETWORK =
            Key.of("when-network", Forms.FLAG, false, "Wake only when there is a default route; else later.");
    static final Key<Path> WHEN_PATH =
            Key.optional("when-path", Forms.PATH, "any time", "Wake only when this path exists.");
    static final Key<TimeWindow> WHEN_TIME =
            Key.optional("when-time", DayTimes.FORM, "any time", "Wake only at this time of the day.");
    static final Key<Double> MAX_CPU_PRESSURE =
            Key.of("max-cpu-pressure", Numbers.percent(), 0.0, "Wake only when the CPU's" + PRESSURE);
    static final Key<Double> MAX_MEMORY_PRESSURE =
            Key.of("max-memory-pressure", Numbers.percent(), 0.0, "Wake only when the memory's" + PRESSURE);
    static final Key<Double> MAX_IO_PRESSURE =
            Key.of("max-io-pressure", Numbers.percent(), 0.0, "Wake only when the input and output's" + PRESSURE);
    static final Key<Duration> MAX_DEFERRAL = Key.optional(
            "max-deferral",
            Numbers.time(Duration.ofSeconds(1), Duration.ofDays(7)),
            "wait",
            "Wake after so long whatever the conditions say.");

    static final Section SECTION = new Section(
            "task",
            true,
            "A handler: one of `command`, `unit` and `sessions-only`, and what becomes of its sockets.",
            List.of(
                    TASK_NAME,
                    COMMAND,
                    UNIT,
                    SESSIONS_ONLY,
                    MANAGER,
                    STDIO,
                    ENVIRONMENT,
                    WORKING_DIRECTORY,
                    ON_EXIT,
                    ON_SUCCESS,
                    ON_FAILURE,
                    TIMEOUT,
                    LINGER,
                    NOTIFY_REBOOT,
                    MAX_CONCURRENCY,
                    MAX_CONNECTIONS,
                    MAX_CONNECTIONS_PER_SOURCE,
                    OVER_LIMIT,
                    PER_SECOND,
                    BURST,
                    SOCKET_PER_SECOND,
                    SOCKET_BURST,
                    SOURCE_PER_SECOND,
                    SOURCE_BURST,
                    WHEN_NETWORK,
                    WHEN_PATH,
                    WHEN_TIME,
                    MAX_CPU_PRESSURE,
                    MAX_MEMORY_PRESSURE,
                    MAX_IO_PRESSURE,
                    MAX_DEFERRAL));

    private TaskKeys() {}
}
