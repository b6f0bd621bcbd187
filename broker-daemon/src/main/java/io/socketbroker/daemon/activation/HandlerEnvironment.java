package io.socketbroker.daemon.activation;

import com.google.protobuf.util.Durations;
import io.socketbroker.daemon.core.LaunchPlan;
import io.socketbroker.linux.Endpoint;
import io.socketbroker.v1.LaunchStyle;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The environment of a launched handler: what inetd and sd_listen_fds(3) programs expect, and SOCKETBROKER_*. */
public final class HandlerEnvironment {
    private static final List<String> PASSED_THROUGH = List.of("PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ");
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private HandlerEnvironment() {}

    static Map<String, String> of(LaunchPlan plan, Path runtimeDirectory, Map<String, String> ownEnvironment) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", DEFAULT_PATH);
        for (String name : PASSED_THROUGH) {
            String value = ownEnvironment.get(name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        environment.putAll(plan.exec().getEnvironmentMap());
        environment.putAll(ofBroker(plan, runtimeDirectory));
        if (plan.style() == LaunchStyle.LAUNCH_STYLE_LISTEN_FDS) {
            environment.put("LISTEN_FDS", Integer.toString(plan.sockets().size()));
            // sd_listen_fds_with_names(3): names are separated by colons.
            String names = plan.sockets().stream()
                    .map(socket -> socket.name().id().replace(':', '_'))
                    .collect(Collectors.joining(":"));
            environment.put("LISTEN_FDNAMES", names);
        }
        return environment;
    }

    /** What the broker itself tells a handler; all that a systemd unit gets. */
    public static Map<String, String> ofBroker(LaunchPlan plan, Path runtimeDirectory) {
        LaunchPlan.Handed first = plan.first();
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("SOCKETBROKER_RUNTIME_DIR", runtimeDirectory.toString());
        environment.put("SOCKETBROKER_TOKEN", plan.token().hex());
        environment.put("SOCKETBROKER_ACTIVATION", Long.toString(plan.activationId()));
        environment.put("SOCKETBROKER_STYLE", style(plan.style()));
        environment.put(
                "SOCKETBROKER_REASON", first.trigger().getReason().name().replace("TRIGGER_REASON_", ""));
        environment.put("SOCKETBROKER_APP", plan.task().app());
        environment.put("SOCKETBROKER_TASK", plan.task().name());
        environment.put("SOCKETBROKER_SOCKETS", Integer.toString(plan.sockets().size()));
        environment.put("SOCKETBROKER_SOCKET_ID", first.name().id());
        environment.put("SOCKETBROKER_GENERATION", Long.toString(first.generation()));
        environment.put("SOCKETBROKER_ATTEMPT", Integer.toString(first.trigger().getAttempt()));
        environment.put("SOCKETBROKER_PEER_CLOSED", first.trigger().getPeerClosed() ? "1" : "0");
        environment.put("SOCKETBROKER_RELEASED", first.released() ? "1" : "0");
        if (Durations.isPositive(plan.spec().getLinger())) {
            environment.put(
                    "SOCKETBROKER_LINGER_MILLIS",
                    Long.toString(Durations.toMillis(plan.spec().getLinger())));
        }
        // As systemd 258 names it for Accept=yes.
        environment.put("SO_COOKIE", Long.toUnsignedString(first.candidate().cookie()));
        if (first.candidate().peer().orElse(null) instanceof Endpoint.Inet peer) {
            environment.put("REMOTE_ADDR", peer.address().getHostAddress());
            environment.put("REMOTE_PORT", Integer.toString(peer.port()));
        }
        return environment;
    }

    private static String style(LaunchStyle style) {
        return switch (style) {
            case LAUNCH_STYLE_LISTEN_FDS -> "listen-fds";
            case LAUNCH_STYLE_CLAIM -> "claim";
            default -> "socket";
        };
    }
}
