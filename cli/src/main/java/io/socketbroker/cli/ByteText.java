package io.socketbroker.cli;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Bytes as people write them: text in UTF-8 with the escapes {@code \r \n \t \\ \0 \xHH}, or "hex:" and pairs of
 * hexadecimal digits. A text that starts with "hex:" begins with an escape. Stateless.
 */
final class ByteText {

    /** For help. */
    static final String FORMS = "Text with \\r \\n \\t \\\\ \\0 \\xHH, or hex:0d0a";

    private static final String HEX = "hex:";

    private ByteText() {}

    /** The bytes of a text. */
    static ByteString parse(String text) {
        return text.startsWith(HEX) ? hex(text) : new Reader(text).read();
    }

    private static ByteString hex(String text) {
        try {
            return ByteString.copyFrom(HexFormat.of().parseHex(text.substring(HEX.length())));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "': write pairs of hexadecimal digits after hex:");
        }
    }

    /** The text of bytes, which {@link #parse} reads: ASCII as it is, all else as escapes. */
    static String of(ByteString bytes) {
        var text = new StringBuilder();
        for (int i = 0; i < bytes.size(); i++) {
            int value = bytes.byteAt(i) & 0xFF;
            switch (value) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (value >= ' ' && value <= '~') {
                        text.append((char) value);
                    } else {
                        text.append("\\x").append(HexFormat.of().toHexDigits((byte) value));
                    }
                }
            }
        }
        return text.indexOf(HEX) == 0 ? "\\x68" + text.substring(1) : text.toString();
    }

    /** Takes one text apart. */
    private static final class Reader {

        private final String text;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int at;

        Reader(String text) {
            this.text = text;
        }

        ByteString read() {
            while (at < text.length()) {
                int escape = text.indexOf('\\', at);
                int end = escape < 0 ? text.length() : escape;
                bytes.writeBytes(text.substring(at, end).getBytes(StandardCharsets.UTF_8));
                at = end;
                if (escape >= 0) {
                    escape();
                }
            }
            return ByteString.copyFrom(bytes.toByteArray());
        }

        private void escape() {
            char kind = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
            at += 2;
            switch (kind) {
                case 'r' -> bytes.write('\r');
                case 'n' -> bytes.write('\n');
                case 't' -> bytes.write('\t');
                case '\\' -> bytes.write('\\');
                case '0' -> zero();
                case 'x' -> hexDigits();
                default -> throw wrong("after \\ stands r, n, t, \\, 0 or xHH");
            }
        }

        /** In C digits after the 0 would belong to it: who writes them may mean that. */
        private void zero() {
            if (at < text.length() && Character.isDigit(text.charAt(at))) {
                throw wrong("write \\xHH instead of an octal number, and \\x00 before a digit");
            }
            bytes.write(0);
        }

        private void hexDigits() {
            if (at + 2 > text.length()
                    || !HexFormat.isHexDigit(text.charAt(at))
                    || !HexFormat.isHexDigit(text.charAt(at + 1))) {
                throw wrong("after \\x stand two hexadecimal digits");
            }
            bytes.write(HexFormat.fromHexDigits(text, at, at + 2));
            at += 2;
        }

        private TypeConversionException wrong(String why) {
            return new TypeConversionException("'" + text + "': " + why);
        }
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<ByteString> {
        @Override
        public ByteString convert(String text) {
            return parse(text);
        }
    }
}
