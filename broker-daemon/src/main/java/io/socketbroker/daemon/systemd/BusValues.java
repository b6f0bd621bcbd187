package io.socketbroker.daemon.systemd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.messages.Error;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodReturn;
import org.freedesktop.dbus.types.Variant;

/** From the library's messages to ours. Bodies are parsed only where someone wants them. Thread-safe. */
final class BusValues {
    private BusValues() {}

    /**
     * Empty for what nobody waits for: a manager reports every change of every unit.
     *
     * @param watched whether the object at this path is of interest when its properties change
     */
    static Optional<BusMessage> of(Message message, Predicate<String> watched) throws DBusException {
        return switch (message) {
            case MethodReturn reply ->
                Optional.of(new BusMessage.Reply(reply.getReplySerial(), plain(reply.getParameters())));
            case Error error ->
                Optional.of(new BusMessage.Refusal(
                        error.getReplySerial(), String.valueOf(error.getName()), text(error.getParameters())));
            case DBusSignal signal
            when wanted(signal, watched) ->
                Optional.of(new BusMessage.Signal(signal.getPath(), signal.getName(), plain(signal.getParameters())));
            default -> Optional.empty();
        };
    }

    private static boolean wanted(DBusSignal signal, Predicate<String> watched) {
        return switch (signal.getName()) {
            case "JobRemoved", "UnitRemoved", "NameOwnerChanged" -> true;
            case "PropertiesChanged" -> watched.test(signal.getPath());
            default -> false;
        };
    }

    private static String text(Object[] parameters) {
        return parameters.length > 0 && parameters[0] instanceof String text ? text : "";
    }

    private static List<Object> plain(Object[] values) {
        List<Object> converted = new ArrayList<>(values.length);
        for (Object value : values) {
            converted.add(plain(value));
        }
        return converted;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case Variant<?> variant -> plain((Object) variant.getValue());
            case DBusPath path -> path.getPath();
            case Object[] structure -> plain(structure);
            case List<?> list -> plain(list.toArray());
            case Map<?, ?> map -> {
                Map<Object, Object> converted = new LinkedHashMap<>();
                map.forEach((key, item) -> converted.put(plain(key), plain(item)));
                yield converted;
            }
            default -> value;
        };
    }
}
