package io.socketbroker.benchmarks;

import io.socketbroker.linux.DescriptorChannel;
import io.socketbroker.linux.Fd;
import io.socketbroker.linux.Sockets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One message with descriptors, sent, received and closed: what every transfer and delivery costs at least. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DescriptorPassing {
    /** Descriptors in each message. */
    @Param({"1", "16", "253"})
    public int descriptors;

    private final byte[] payload = new byte[32];
    private final Sockets.Pair pair = Sockets.pair(Sockets.SOCK_SEQPACKET);
    private final DescriptorChannel channel = new DescriptorChannel(64);
    private List<Fd> passed = List.of();

    /** Passes the same descriptor as often as asked for. */
    @Setup
    public void fill() {
        passed = Collections.nCopies(descriptors, pair.first().fd());
    }

    /** See the class. */
    @Benchmark
    public int sendReceiveClose() {
        channel.send(pair.first().fd(), payload, passed);
        if (channel.receive(pair.second().fd()) instanceof DescriptorChannel.Received.Message message) {
            int count = message.descriptors().size();
            message.close();
            return count;
        }
        throw new IllegalStateException("nothing was received");
    }

    /** Closes everything. */
    @TearDown
    public void close() {
        channel.close();
        pair.close();
    }
}
