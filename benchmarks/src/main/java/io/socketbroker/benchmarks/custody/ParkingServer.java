package io.socketbroker.benchmarks.custody;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.socketbroker.client.BrokerClient;
import io.socketbroker.client.TaskDefinition;
import io.socketbroker.client.TransferRequest;
import io.socketbroker.linux.DescriptorChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A server on Netty that parks its connections. Argument: the broker's runtime folder. It prints its port, and "ready" to
 * "hold N", when it has accepted N, and to "park N", when the broker has these.
 */
public final class ParkingServer {
    private static final int MOST_CONNECTIONS = 20_000;

    private final BrokerClient client;
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>(MOST_CONNECTIONS);
    private final List<Channel> held = new ArrayList<>();
    private int parked;

    private ParkingServer(Path runtimeDirectory) {
        client = BrokerClient.connect(runtimeDirectory);
        client.registerTask(TaskDefinition.ofSessions("server"));
    }

    /** See the class. */
    public static void main(String[] args) throws IOException, InterruptedException {
        ParkingServer server = new ParkingServer(Path.of(args[0]));
        try {
            System.out.println(server.listen());
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] words = line.split(" ", -1);
                server.obey(words[0], Integer.parseInt(words[1]));
                System.out.println("ready");
            }
        } catch (RuntimeException e) {
            System.out.println("invalid " + e);
            e.printStackTrace();
        }
        // Threads of Netty go on.
        System.exit(0);
    }

    private int listen() throws InterruptedException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Channel listener = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Quiet());
                        accepted.add(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** What a protocol would have here. */
    @ChannelHandler.Sharable
    private static final class Quiet extends ChannelInboundHandlerAdapter {}

    private void obey(String word, int count) throws InterruptedException {
        switch (word) {
            case "hold" -> {
                while (held.size() < count) {
                    held.add(accepted.take());
                }
            }
            case "park" -> park(count);
            default -> throw new IllegalArgumentException(word);
        }
    }

    private void park(int count) {
        int target = parked + count;
        while (parked < target) {
            List<TransferRequest> requests = new ArrayList<>();
            while (requests.size() < DescriptorChannel.MAX_DESCRIPTORS && !held.isEmpty()) {
                requests.add(
                        TransferRequest.of(held.removeLast(), "connection-" + (parked + requests.size()), "server"));
            }
            client.transferAll(requests);
            parked += requests.size();
        }
    }
}
