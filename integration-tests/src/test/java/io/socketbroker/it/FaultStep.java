package io.socketbroker.it;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.socketbroker.linux.LinuxException;
import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.CloseSocketRequest;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that is done with a broker that dies meanwhile, and what must be true with the next one: one owner of each
 * socket, and every byte there once. Each is used once.
 */
abstract class FaultStep {
    /** The socket that it is about. */
    static final String ID = "s";

    final FaultBench bench;

    FaultStep(FaultBench bench) {
        this.bench = bench;
    }

    /** Makes one for a bench. */
    interface Kind extends Function<FaultBench, FaultStep> {}

    /** All is well, and will be until {@link #act}. */
    abstract void prepare();

    /** The broker dies here. What this throws is its death as a client sees it. */
    abstract void act();

    /** While nobody serves. */
    void meanwhile() {}

    /** The next broker serves. It has as many sockets afterwards as before. */
    abstract void check(ProtocolClient client);

    /** The call did what it should, or the broker died. */
    static boolean survived(Runnable call) {
        try {
            call.run();
            return true;
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).as("%s", e).isIn(Code.UNAVAILABLE, Code.CANCELLED);
        } catch (LinuxException e) {
            assertThat(e.errnoName()).isIn("ECONNRESET", "EPIPE", "ECONNREFUSED");
        } catch (AssertionError e) {
            assertThat(e).hasMessageContaining("the broker closed fd.sock");
        }
        return false;
    }

    static void close(ProtocolClient client, String id) {
        client.sockets()
                .closeSocket(CloseSocketRequest.newBuilder()
                        .setKey(ProtocolClient.key(id))
                        .build());
    }

    /** A transfer: without a reply the socket is still the client's, with one it is the broker's. */
    static final class Transferring extends FaultStep {
        private final Link link;
        private final boolean inOneFrame;
        private boolean replied;

        /** As deposit and call. */
        static FaultStep inTwo(FaultBench bench) {
            return new Transferring(bench, false);
        }

        /** As one message. */
        static FaultStep whole(FaultBench bench) {
            return new Transferring(bench, true);
        }

        private Transferring(FaultBench bench, boolean inOneFrame) {
            super(bench);
            this.inOneFrame = inOneFrame;
            link = bench.closeLater(Link.tcp());
        }

        @Override
        void prepare() {}

        @Override
        void act() {
            replied = survived(() -> {
                if (inOneFrame) {
                    parkInOneFrame(bench.client());
                } else {
                    bench.client().park(link.mine(), FaultBench.LINES, ID);
                }
            });
        }

        private void parkInOneFrame(ProtocolClient client) {
            var item = ProtocolClient.item(FaultBench.LINES, ID);
            var answer = client.fdSock().transfer(item, link.mine().fd());
            assertThat(answer.hasTransferred()).as("%s", answer).isTrue();
            link.mine().close();
        }

        @Override
        void check(ProtocolClient client) {
            if (!replied) {
                assertThat(client.socketIds()).doesNotContain(ID);
                bench.expectNothingLeaked();
                link.exchange();
                client.park(link.mine(), FaultBench.LINES, ID);
            }
            Conversation conversation = new Conversation(link.peer());
            conversation.say().hearAll();
            conversation.say().hearAll();
            close(client, ID);
            link.peer().expectEnd();
        }
    }

    /** A connection comes to a listener. */
    static final class Accepting extends FaultStep {
        private final boolean mayBeLost;
        private final OwnedFd listener = Sockets.listenTcp(Link.loopback("127.0.0.1"), 8);
        private final InetSocketAddress address = Link.addressOf(listener.fd());
        private @Nullable Conversation conversation;

        /** The connection outlives the broker. */
        static FaultStep served(FaultBench bench) {
            return new Accepting(bench, false);
        }

        /** It was the broker's alone in the moment of its death, and ends. */
        static FaultStep lost(FaultBench bench) {
            return new Accepting(bench, true);
        }

        private Accepting(FaultBench bench, boolean mayBeLost) {
            super(bench);
            this.mayBeLost = mayBeLost;
        }

        private Wire connect() {
            return bench.closeLater(new Wire(Sockets.connectTcp(address)));
        }

        @Override
        void prepare() {
            bench.client().park(listener, FaultBench.LINES, ID);
        }

        @Override
        void act() {
            conversation = new Conversation(connect()).say();
        }

        @Override
        void check(ProtocolClient client) {
            Conversation begun = requireNonNull(conversation);
            if (mayBeLost) {
                begun.peer().expectGone();
            } else {
                begun.hearAll();
                begun.say().hearAll();
                begun.end();
            }
            Conversation next = new Conversation(connect());
            next.say().hearAll();
            next.end();
            bench.awaitOnly(client, ID);
            close(client, ID);
        }
    }

    /** A line wakes a handler that gives its socket back by its end. */
    static final class Waking extends FaultStep {
        private final Link link;
        private final Conversation conversation;

        Waking(FaultBench bench) {
            super(bench);
            link = bench.closeLater(Link.tcp());
            conversation = new Conversation(link.peer());
        }

        @Override
        void prepare() {
            bench.client().park(link.mine(), FaultBench.LINES, ID);
        }

        @Override
        void act() {
            conversation.say();
        }

        @Override
        void meanwhile() {
            conversation.say();
        }

        @Override
        void check(ProtocolClient client) {
            conversation.hearAll();
            conversation.say().hearAll();
            bench.awaitOnly(client, ID);
            close(client, ID);
            link.peer().expectEnd();
        }
    }

    /** A line wakes a program that keeps its socket: the broker lets go of it when it runs. */
    static final class LettingGo extends FaultStep {
        private final Link link;

        LettingGo(FaultBench bench) {
            super(bench);
            link = bench.closeLater(Link.tcp());
        }

        @Override
        void prepare() {
            bench.client().park(link.mine(), FaultBench.ECHO, ID);
        }

        @Override
        void act() {
            link.peer().send("one\n");
        }

        @Override
        void meanwhile() {
            link.peer().send("two\n");
        }

        @Override
        void check(ProtocolClient client) {
            assertThat(link.peer().readLine()).isEqualTo("one");
            assertThat(link.peer().readLine()).isEqualTo("two");
            Await.gone(client, ID);
            bench.expectNothingLeaked();
            link.peer().send("three\n");
            assertThat(link.peer().readLine()).isEqualTo("three");
            link.peer().finish();
            // Nobody else has a copy that keeps the connection open.
            link.peer().expectEnd();
        }
    }

    /** The owner takes its socket back. */
    static final class Reclaiming extends FaultStep {
        private final Link link;
        private List<OwnedFd> delivered = List.of();
        private boolean released;

        Reclaiming(FaultBench bench) {
            super(bench);
            link = bench.closeLater(Link.tcp());
        }

        @Override
        void prepare() {
            bench.client().park(link.mine(), FaultBench.LINES, ID);
        }

        @Override
        void act() {
            released = survived(() -> {
                var granted = bench.client().startReclaim(ID);
                var answer = bench.client().fdSock().claim(granted.getToken());
                delivered = answer.descriptors();
                delivered.forEach(bench::closeLater);
                var answered = bench.client()
                        .fdSock()
                        .acknowledge(answer.frame().getDelivery().getDeliveryId());
                assertThat(answered.hasReleased()).isTrue();
            });
        }

        /** As the SDK does: whose it is after a lost answer, the next broker knows. */
        @Override
        void check(ProtocolClient client) {
            boolean brokers = client.socketIds().contains(ID);
            if (released) {
                assertThat(brokers).isFalse();
            }
            if (brokers) {
                delivered.forEach(OwnedFd::close);
                Conversation conversation = new Conversation(link.peer());
                conversation.say().hearAll();
                bench.awaitOnly(client, ID);
                close(client, ID);
            } else {
                bench.expectNothingLeaked();
                new Link(delivered.getFirst(), link.peer()).exchange();
                delivered.getFirst().close();
            }
            link.peer().expectEnd();
        }
    }

    /** The owner closes its socket in the broker. */
    static final class Closing extends FaultStep {
        private final Link link;

        Closing(FaultBench bench) {
            super(bench);
            link = bench.closeLater(Link.tcp());
        }

        @Override
        void prepare() {
            bench.client().park(link.mine(), FaultBench.LINES, ID);
        }

        @Override
        void act() {
            survived(() -> close(bench.client(), ID));
        }

        @Override
        void check(ProtocolClient client) {
            if (client.socketIds().contains(ID)) {
                new Conversation(link.peer()).say().hearAll();
                bench.awaitOnly(client, ID);
                close(client, ID);
            }
            link.peer().expectEnd();
        }
    }

    /** A registration: with a reply it is kept, without one it may be. */
    static final class Registering extends FaultStep {
        private boolean replied;

        Registering(FaultBench bench) {
            super(bench);
        }

        @Override
        void prepare() {}

        @Override
        void act() {
            replied = survived(() -> bench.client().register("new", Specs.lineAnswerer()));
        }

        @Override
        void check(ProtocolClient client) {
            if (!replied) {
                client.register("new", Specs.lineAnswerer());
            }
            assertThat(client.task("new").getSpec().getExec().getCommand(0)).isEqualTo("/bin/sh");
        }
    }
}
