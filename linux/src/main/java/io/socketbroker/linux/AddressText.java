package io.socketbroker.linux;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.StringJoiner;

/**
 * Text of IP addresses in the canonical form of RFC 5952, which java.net does not offer: "::1" instead of
 * "0:0:0:0:0:0:0:1".
 */
final class AddressText {

    private static final int GROUPS = 8;

    private AddressText() {}

    /** "192.0.2.1" or "[fe80::1%2]", ready for a colon and a port. */
    static String of(InetAddress address) {
        if (!(address instanceof Inet6Address v6)) {
            return address.getHostAddress();
        }
        var scope = v6.getScopeId() == 0 ? "" : "%" + v6.getScopeId();
        return "[" + compress(v6.getAddress()) + scope + "]";
    }

    private static String compress(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xFF) << 8 | (bytes[2 * i + 1] & 0xFF);
        }
        int start = 0;
        int length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int run = zerosFrom(groups, i);
            if (run > length) {
                start = i;
                length = run;
            }
        }
        // A single zero group is not shortened (RFC 5952, 4.2.2).
        return length < 2
                ? join(groups, 0, GROUPS)
                : join(groups, 0, start) + "::" + join(groups, start + length, GROUPS);
    }

    private static int zerosFrom(int[] groups, int start) {
        int end = start;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - start;
    }

    private static String join(int[] groups, int from, int to) {
        var text = new StringJoiner(":");
        for (int i = from; i < to; i++) {
            text.add(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
