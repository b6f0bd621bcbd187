package io.socketbroker.daemon.systemd;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.freedesktop.dbus.connections.BusAddress;
import org.freedesktop.dbus.connections.SASL;
import org.freedesktop.dbus.connections.config.TransportConfig;
import org.freedesktop.dbus.connections.transports.AbstractTransport;
import org.freedesktop.dbus.connections.transports.TransportBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodCall;
import org.freedesktop.dbus.messages.constants.Flags;

/**
 * A channel to a manager, on a bus or to the manager itself. It uses the library's transport and messages without its
 * connection classes: those hand replies and signals to different threads, which loses their order, and the order is
 * what tells how a unit fared. One thread connects and reads, one writes; any may close.
 */
final class BusTransport implements AutoCloseable {
    private static final String SYSTEMD = "org.freedesktop.systemd1";
    private static final String DBUS = "org.freedesktop.DBus";
    private static final long NUDGE_MILLIS = 100;
    private static final List<String> MATCHES = List.of(
            "type='signal',sender='" + SYSTEMD + "',path='" + Systemd.PATH + "',interface='" + Systemd.MANAGER + "'",
            "type='signal',sender='" + SYSTEMD + "',path_namespace='" + Systemd.UNIT_PATH + "',interface='"
                    + Systemd.PROPERTIES + "'",
            "type='signal',sender='" + DBUS + "',member='NameOwnerChanged',arg0='" + SYSTEMD + "'");

    private final BusAddresses.Address address;
    private final AbstractTransport transport;

    /** Not connected yet. */
    BusTransport(BusAddresses.Address address) throws IOException {
        this.address = address;
        try {
            // The path as a parameter of its own: the library does not undo the escapes of an address.
            TransportConfig config = new TransportConfig(BusAddress.of("unix:path=/")
                    .addParameter("path", address.socket().toString()));
            config.setAutoConnect(false);
            config.getSaslConfig().setAuthMode(SASL.AUTH_EXTERNAL);
            config.getSaslConfig().setSaslUid(OptionalLong.of(Integer.toUnsignedLong(BusAddresses.ownUid())));
            transport = TransportBuilder.create(config).build();
        } catch (DBusException e) {
            throw new IOException(e);
        }
    }

    /** Returns once a manager has answered. */
    void connect() throws IOException {
        transport.connect();
        if (address.bus()) {
            ask(DBUS, "/org/freedesktop/DBus", new BusCall(DBUS, "Hello"));
            for (String match : MATCHES) {
                ask(DBUS, "/org/freedesktop/DBus", new BusCall(DBUS, "AddMatch", "s", List.of(match)));
            }
        }
        // Without a subscriber a manager sends no signals. It is also how we learn that there is one on this bus.
        ask(SYSTEMD, Systemd.PATH, new BusCall(Systemd.MANAGER, "Subscribe"));
    }

    /** Waits for the reply; what comes before it is about units of others. */
    private void ask(String destination, String path, BusCall call) throws IOException {
        long serial = send(destination, path, call);
        while (true) {
            // systemd (seen in 252) reads what follows the authentication along with it when it comes that fast, and
            // does
            // not look at it before something else comes.
            while (!isReadableWithin(NUDGE_MILLIS)) {
                send(destination, path, new BusCall("org.freedesktop.DBus.Peer", "Ping"));
            }
            switch (read(_ -> false).orElse(null)) {
                case BusMessage.Reply reply
                when reply.serial() == serial -> {
                    return;
                }
                case BusMessage.Refusal refusal
                when refusal.serial() == serial -> throw new IOException(refusal.text());
                case null, default -> {}
            }
        }
    }

    private boolean isReadableWithin(long millis) throws IOException {
        SocketChannel channel = transport.getTransportConnection().getChannel();
        channel.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            if (selector.select(millis) > 0) {
                return true;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new ClosedByInterruptException();
            }
            return false;
        } finally {
            channel.configureBlocking(true);
        }
    }

    /**
     * Waits for something; empty if it was a part of a message or one that nobody wants.
     *
     * @param watched whether the properties of the object at this path are of interest
     */
    Optional<BusMessage> read(Predicate<String> watched) throws IOException {
        try {
            Message message = transport.readMessage();
            Optional<BusMessage> wanted = message == null ? Optional.empty() : BusValues.of(message, watched);
            if (wanted.orElse(null) instanceof BusMessage.Signal signal && hasLeft(signal)) {
                throw new IOException("the manager has left the bus");
            }
            return wanted;
        } catch (EOFException e) {
            throw new IOException("the other end closed it", e);
        } catch (DBusException e) {
            throw new IOException(e);
        }
    }

    /** A bus outlives a manager that dies or executes itself anew: the name changes hands then. */
    private static boolean hasLeft(BusMessage.Signal signal) {
        return signal.member().equals("NameOwnerChanged")
                && signal.values().size() == 3
                && signal.values().get(0).equals(SYSTEMD)
                && !signal.values().get(1).equals("");
    }

    /** Calls a method of the manager or of one of its units; returns the serial that the reply will name. */
    long send(String path, BusCall call) throws IOException {
        return send(SYSTEMD, path, call);
    }

    private long send(String destination, String path, BusCall call) throws IOException {
        try {
            MethodCall message = transport
                    .getMessageFactory()
                    .createMethodCall(
                            null,
                            address.bus() ? destination : null,
                            path,
                            call.type(),
                            call.method(),
                            // A bus would wait minutes for a manager that is gone to be started.
                            Flags.NO_AUTO_START,
                            call.signature().isEmpty() ? null : call.signature(),
                            call.arguments().toArray());
            transport.writeMessage(message);
            return message.getSerial();
        } catch (DBusException e) {
            throw new IOException(e);
        } catch (RuntimeException e) {
            // The library does not expect that another thread closes it meanwhile.
            throw new IOException("closed", e);
        }
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
