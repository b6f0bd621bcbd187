package io.socketbroker.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.ErrorReason;
import io.socketbroker.v1.FdFrame;
import io.socketbroker.v1.GetStatusRequest;
import io.socketbroker.v1.TransferItem;
import io.socketbroker.v1.TransferOwnershipRequest;
import io.socketbroker.v1.TransferOwnershipResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon with few descriptors: those that find no room are lost on the way (MSG_CTRUNC), and nobody suffers. */
final class TruncationIT {
    private static final int OPEN_FILES = 256;

    @RegisterExtension
    static final BrokerFixture broker = new BrokerFixture("prlimit", "--nofile=" + OPEN_FILES + ":" + OPEN_FILES);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseATruncatedDepositAndGoOn(boolean callFirst) {
        ProtocolClient client = broker.client();
        client.register("task", Specs.command("/bin/cat"));
        Bystander bystander = Bystander.park(broker);
        for (int round = 0; round < 3; round++) {
            List<Link> links = new ArrayList<>();
            List<Fd> descriptors = new ArrayList<>();
            List<TransferItem> items = new ArrayList<>();
            for (int i = 0; i < 253; i++) {
                links.add(broker.closeLater(Link.unix(Sockets.SOCK_STREAM)));
                descriptors.add(links.getLast().mine().fd());
                items.add(ProtocolClient.item("task", "s" + i).build());
            }
            ByteString id = ProtocolClient.newDepositId();
            TransferOwnershipRequest request = TransferOwnershipRequest.newBuilder()
                    .setDepositId(id)
                    .addAllItems(items)
                    .build();
            PendingCall<TransferOwnershipResponse> early = callFirst ? client.startTransfer(request) : null;
            FdFrame answer = client.fdSock().deposit(id, 253, descriptors.toArray(Fd[]::new));
            assertThat(answer.getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_DESCRIPTORS_TRUNCATED);
            Refusal.of(early == null ? () -> client.sockets().transferOwnership(request) : early::reply)
                    .expect(Code.RESOURCE_EXHAUSTED, "DESCRIPTORS_TRUNCATED", "deposit_id");
            FdFrame whole =
                    client.fdSock().transfer(request.toBuilder().clearDepositId(), descriptors.toArray(Fd[]::new));
            assertThat(whole.getError().getReason()).isEqualTo(ErrorReason.ERROR_REASON_DESCRIPTORS_TRUNCATED);
            assertThat(whole.getError().getField()).isEqualTo("transfer");
            assertThat(client.socketIds()).containsExactly("bystander");
            links.forEach(Link::exchange);
            links.forEach(Link::close);
            bystander.expectServed();
        }
        Link link = broker.link();
        client.park(link.mine(), "task", "s");
        assertThat(link.peer().send("echo\n").readLine()).isEqualTo("echo");
    }

    @Test
    void shouldRefuseSocketsOverTheLimitAndSayWhoHasThem() {
        ProtocolClient client = broker.client();
        client.register("task", Specs.command("/bin/cat"));
        long limit = client.admin().getStatus(GetStatusRequest.getDefaultInstance()).getLimitsList().stream()
                .filter(use -> use.getName().equals("sockets"))
                .findFirst()
                .orElseThrow()
                .getLimit();
        List<Fd> descriptors = new ArrayList<>();
        List<TransferItem> items = new ArrayList<>();
        for (int i = 0; i < limit; i++) {
            Link link = broker.closeLater(Link.unix(Sockets.SOCK_STREAM));
            descriptors.add(link.mine().fd());
            items.add(ProtocolClient.item("task", "s" + i).build());
        }
        assertThat(client.transfer(descriptors, items)).hasSize((int) limit);
        Link link = broker.link();
        Refusal refusal = Refusal.of(() -> client.transfer(link.mine().fd(), ProtocolClient.item("task", "more")));
        refusal.expectSameIn(client.fdSock()
                .transfer(ProtocolClient.item("task", "more"), link.mine().fd()));
        link.exchange();
        assertThat(refusal.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(refusal.reason()).isEqualTo("LIMIT_REACHED");
        assertThat(refusal.metadata()).containsEntry("limit", "sockets").containsKeys("value", "holder");
    }
}
