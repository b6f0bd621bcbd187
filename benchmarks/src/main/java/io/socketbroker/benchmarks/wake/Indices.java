package io.socketbroker.benchmarks.wake;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The payload of all messages of the floor: numbers of sockets. */
final class Indices {
    private Indices() {}

    static byte[] encode(List<Integer> indices) {
        ByteBuffer bytes = ByteBuffer.allocate(indices.size() * Integer.BYTES);
        indices.forEach(bytes::putInt);
        return bytes.array();
    }

    static List<Integer> decode(byte[] payload) {
        List<Integer> indices = new ArrayList<>(payload.length / Integer.BYTES);
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        while (bytes.remaining() >= Integer.BYTES) {
            indices.add(bytes.getInt());
        }
        return indices;
    }
}
