package io.socketbroker.daemon.core;

import io.socketbroker.v1.ListSocketsRequest;
import io.socketbroker.v1.ListSocketsResponse;
import io.socketbroker.v1.SocketState;
import io.socketbroker.v1.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What callers may see; changes nothing. */
public final class Queries {
    private static final int DEFAULT_PAGE = 1_000;
    private static final int LARGEST_PAGE = 10_000;

    private final BrokerState state;

    Queries(BrokerState state) {
        this.state = state;
    }

    /**
     * How much there is of everything.
     *
     * @param socketsByState of those that the caller may see; names without prefix
     * @param tasks that the caller may see
     * @param runningHandlers of all users
     * @param sockets of all users
     * @param ownSockets of the caller
     * @param ownContextBytes of the caller
     */
    public record Counts(
            Map<String, Integer> socketsByState,
            int tasks,
            int runningHandlers,
            int sockets,
            int ownSockets,
            long ownContextBytes) {}

    /**
     * How much there is, of all users.
     *
     * @param sockets in every state
     * @param tasks registered
     * @param activations under way
     */
    public record Totals(int sockets, int tasks, int activations) {}

    Totals totals() {
        return new Totals(state.sockets.size(), state.tasks.size(), state.activations.size());
    }

    Task view(TaskEntry task) {
        return Views.task(task, state.sockets.sizeOf(task.name));
    }

    List<Task> tasks(Caller caller, String app) {
        return state.tasks.values().stream()
                .filter(task -> caller.sees(task.name.uid()))
                .filter(task -> app.isEmpty() || task.name.app().equals(app))
                .map(this::view)
                .toList();
    }

    ListSocketsResponse sockets(Caller caller, ListSocketsRequest request) {
        int size = Integer.compareUnsigned(request.getPageSize(), LARGEST_PAGE) > 0
                ? LARGEST_PAGE
                : request.getPageSize() == 0 ? DEFAULT_PAGE : request.getPageSize();
        ListSocketsResponse.Builder page = ListSocketsResponse.newBuilder();
        for (int slot = state.sockets.nextUsed(pageStart(request.getPageToken()));
                slot >= 0;
                slot = state.sockets.nextUsed(slot + 1)) {
            SocketEntry entry = state.sockets.at(new Slot(slot)).orElseThrow();
            if (!caller.sees(entry.name.uid()) || !matches(entry, request)) {
                continue;
            }
            if (page.getSocketsCount() == size) {
                return page.setNextPageToken(Integer.toString(slot)).build();
            }
            page.addSockets(Views.socket(entry, false));
        }
        return page.build();
    }

    private static boolean matches(SocketEntry entry, ListSocketsRequest request) {
        return (request.getApp().isEmpty() || entry.name.app().equals(request.getApp()))
                && (request.getTask().isEmpty() || entry.task.name().equals(request.getTask()))
                && (request.getState() == SocketState.SOCKET_STATE_UNSPECIFIED || entry.is(request.getState()));
    }

    private static int pageStart(String token) {
        if (token.isEmpty()) {
            return 0;
        }
        try {
            int slot = Integer.parseInt(token);
            if (slot >= 0) {
                return slot;
            }
        } catch (NumberFormatException _) {
            // Refused below, as a negative number is.
        }
        throw ItemRules.invalid("page_token", "is not from a former answer");
    }

    Counts counts(Caller caller) {
        // One pass over all sockets on the conductor: nothing is made for a socket.
        Map<SocketState, int[]> ofStates = new EnumMap<>(SocketState.class);
        state.sockets.forEach(entry -> {
            if (caller.sees(entry.name.uid())) {
                ofStates.computeIfAbsent(entry.state, _ -> new int[1])[0]++;
            }
        });
        Map<String, Integer> byState = new HashMap<>();
        ofStates.forEach((each, count) -> byState.put(each.name().replace("SOCKET_STATE_", ""), count[0]));
        return new Counts(
                byState,
                tasks(caller, "").size(),
                state.activations.size(),
                state.sockets.size(),
                state.sockets.sizeOf(caller.uid()),
                state.sockets.contextBytesOf(caller.uid()));
    }

    /**
     * Where a socket is held.
     *
     * @param name whose it is
     * @param slot of its descriptor
     * @param cookie its SO_COOKIE
     */
    public record Holding(SocketName name, Slot slot, long cookie) {}

    /** All that the caller may see. */
    public List<Holding> holdings(Caller caller) {
        List<Holding> holdings = new ArrayList<>();
        state.sockets.forEach(entry -> {
            if (caller.sees(entry.name.uid())) {
                holdings.add(new Holding(entry.name, entry.slot(), entry.cookie));
            }
        });
        return holdings;
    }

    List<io.socketbroker.v1.Activation> activations(Caller caller) {
        return state.activations.values().stream()
                .filter(activation -> caller.sees(activation.task.name.uid()))
                .sorted(Comparator.comparingLong(activation -> activation.id))
                .map(Views::activation)
                .toList();
    }
}
