package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

/** Another client's socket, which must go on being watched and served whatever the client under test does. */
final class Bystander {
    private final Link link;

    private Bystander(Link link) {
        this.link = link;
    }

    /** Parks a socket through a connection of its own. */
    static Bystander park(BrokerFixture broker) {
        ProtocolClient client = broker.client();
        Link link = broker.link();
        client.register("bystander", Specs.lineAnswerer());
        client.park(link.mine(), "bystander", "bystander");
        return new Bystander(link);
    }

    /** A handler answers on it. */
    void expectServed() {
        assertThat(link.peer().send("are you there\n").readLine()).isEqualTo("got are you there");
    }
}
