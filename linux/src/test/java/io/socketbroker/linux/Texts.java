package io.socketbroker.linux;

import java.nio.charset.StandardCharsets;

/** Bytes of test strings. */
final class Texts {

    private Texts() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
