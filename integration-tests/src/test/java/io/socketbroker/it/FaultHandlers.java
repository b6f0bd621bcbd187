package io.socketbroker.it;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.socketbroker.linux.OwnedFd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.LaunchStyle;
import io.socketbroker.v1.LeaseOutcome;
import io.socketbroker.v1.SocketState;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The steps of handlers that speak with the broker, which outlive it. */
final class FaultHandlers {
    private FaultHandlers() {}

    /** A launched handler claims its socket, works, and gives it back. */
    static final class Claiming extends FaultStep {
        private final Link link;
        private @Nullable Puppet claimant;
        private boolean released;
        private boolean completed;

        Claiming(FaultBench bench) {
            super(bench);
            link = bench.closeLater(Link.tcp());
        }

        @Override
        void prepare() {
            bench.client().park(link.mine(), FaultBench.task(LaunchStyle.LAUNCH_STYLE_CLAIM), ID);
            link.peer().send("first");
            claimant = bench.puppets().next();
        }

        private Puppet puppet() {
            return requireNonNull(claimant);
        }

        @Override
        void act() {
            if (puppet().tell("claim").startsWith("delivered")
                    && puppet().tell("acknowledge").equals("released")) {
                released = true;
                work();
                completed =
                        puppet().complete(LeaseOutcome.LEASE_OUTCOME_RETURNED).equals("completed");
            }
        }

        private void work() {
            puppet().expectRead("first");
            puppet().send("answer");
            assertThat(link.peer().read(6)).isEqualTo("answer");
        }

        @Override
        void meanwhile() {
            link.peer().send("second");
        }

        /** After a lost answer it asks once more, as the SDK does: a token that was used was its own. */
        @Override
        void check(ProtocolClient client) {
            if (!released) {
                String answer = puppet().tell("claim");
                if (answer.startsWith("delivered")) {
                    assertThat(puppet().tell("acknowledge")).isEqualTo("released");
                } else {
                    assertThat(answer).startsWith("error ");
                }
                assertThat(Await.state(client, ID, SocketState.SOCKET_STATE_LEASED)
                                .getHolder()
                                .getPid())
                        .isEqualTo(puppet().pid());
                work();
            }
            if (!completed) {
                puppet().complete(LeaseOutcome.LEASE_OUTCOME_RETURNED);
            }
            puppet().exit(0);
            Puppet next = bench.puppets().next();
            next.claim();
            next.expectRead("second");
            assertThat(next.complete(LeaseOutcome.LEASE_OUTCOME_RETURNED)).isEqualTo("completed");
            next.exit(0);
            bench.awaitOnly(client, ID);
            close(client, ID);
            link.peer().expectEnd();
        }
    }

    /** A handler is started: it runs on, and is known to the next broker. */
    static final class Starting extends FaultStep {
        private final Link link;
        private final LaunchStyle style;

        Starting(FaultBench bench, LaunchStyle style) {
            super(bench);
            this.style = style;
            link = bench.closeLater(Link.tcp());
        }

        @Override
        void prepare() {
            bench.client().park(link.mine(), FaultBench.task(style), ID);
        }

        @Override
        void act() {
            link.peer().send("first");
        }

        @Override
        void meanwhile() {
            link.peer().send("second");
        }

        @Override
        void check(ProtocolClient client) {
            Puppet puppet = bench.puppets().next();
            assertThat(Await.state(client, ID, SocketState.SOCKET_STATE_LEASED)
                            .getHolder()
                            .getPid())
                    .isEqualTo(puppet.pid());
            if (style == LaunchStyle.LAUNCH_STYLE_CLAIM) {
                puppet.claim();
            }
            puppet.expectRead("firstsecond");
            puppet.send("answer");
            assertThat(link.peer().read(6)).isEqualTo("answer");
            assertThat(puppet.complete(LeaseOutcome.LEASE_OUTCOME_RETURNED)).isEqualTo("completed");
            puppet.exit(0);
            assertThat(Await.parked(client, ID).getFailedAttempts()).isZero();
            bench.puppets().expectNoMore();
            close(client, ID);
            link.peer().expectEnd();
        }
    }

    /** An attached program gets a socket that it does not acknowledge: the next session gets it. */
    static final class Delivering extends FaultStep {
        private final Link link;
        private @Nullable AttachedSession session;

        Delivering(FaultBench bench) {
            super(bench);
            link = bench.closeLater(Link.tcp());
        }

        @Override
        void prepare() {
            bench.client().park(link.mine(), FaultBench.SESSIONS, ID);
            session = bench.closeLater(AttachedSession.to(bench.runtimeDirectory(), FaultBench.SESSIONS, 1));
        }

        @Override
        void act() {
            link.peer().send("first");
        }

        @Override
        void meanwhile() {
            AttachedSession former = requireNonNull(session);
            survived(() -> former.unacknowledged().close());
            former.close();
            link.peer().send("second");
        }

        @Override
        void check(ProtocolClient client) {
            try (AttachedSession next = AttachedSession.to(bench.runtimeDirectory(), FaultBench.SESSIONS, 1)) {
                FdConnection.Answer delivery = bench.closeLater(next.delivery());
                var activated = delivery.frame().getDelivery().getActivation().getSockets(0);
                assertThat(activated.getTrigger().getAttempt()).isEqualTo(1);
                OwnedFd socket = delivery.descriptors().getFirst();
                byte[] buffer = new byte[64];
                Awaitility.await("both words")
                        .untilAsserted(() ->
                                assertThat(Sockets.peek(socket.fd(), buffer)).isEqualTo(11));
                assertThat(Sockets.receive(socket.fd(), buffer)).isEqualTo(11);
                assertThat(new String(buffer, 0, 11, StandardCharsets.US_ASCII)).isEqualTo("firstsecond");
                next.giveBack(delivery.frame().getDelivery());
                socket.close();
            }
            bench.awaitOnly(client, ID);
            close(client, ID);
            link.peer().expectEnd();
        }
    }
}
