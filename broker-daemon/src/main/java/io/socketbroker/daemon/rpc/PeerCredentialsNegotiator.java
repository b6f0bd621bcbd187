package io.socketbroker.daemon.rpc;

import io.grpc.Attributes;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.AsciiString;
import io.socketbroker.daemon.core.Caller;
import io.socketbroker.daemon.policy.PeerIdentity;
import io.socketbroker.linux.Fd;

/**
 * Puts the kernel's word on who the peer is into a connection's attributes, before the first call. gRPC's public API gives
 * no peer credentials for unix sockets; this is the road that its own ALTS takes, through classes marked internal, and
 * the only place that uses them.
 */
final class PeerCredentialsNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
    /** Who is at the other end; set on every connection. */
    static final Attributes.Key<Caller> CALLER = Attributes.Key.create("socketbroker-caller");

    private static final AsciiString SCHEME = AsciiString.of("http");

    private final PeerIdentity identity;

    private PeerCredentialsNegotiator(PeerIdentity identity) {
        this.identity = identity;
    }

    static ServerCredentials credentials(PeerIdentity identity) {
        return InternalNettyServerCredentials.create(new PeerCredentialsNegotiator(identity));
    }

    @Override
    public AsciiString scheme() {
        return SCHEME;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpcHandler) {
        return InternalProtocolNegotiators.waitUntilActiveHandler(
                new CredentialsHandler(InternalProtocolNegotiators.grpcNegotiationHandler(grpcHandler)),
                grpcHandler.getNegotiationLogger());
    }

    @Override
    public void close() {}

    private final class CredentialsHandler extends ChannelInboundHandlerAdapter {
        private final ChannelHandler next;

        private CredentialsHandler(ChannelHandler next) {
            this.next = next;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (!(event instanceof ProtocolNegotiationEvent negotiation)) {
                super.userEventTriggered(context, event);
                return;
            }
            Caller caller = identity.of(
                    new Fd(((EpollDomainSocketChannel) context.channel()).fd().intValue()));
            Attributes attributes = InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
                    .set(CALLER, caller)
                    .build();
            context.pipeline().replace(context.name(), null, next);
            context.pipeline()
                    .fireUserEventTriggered(InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes));
        }
    }
}
