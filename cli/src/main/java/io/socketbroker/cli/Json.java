package io.socketbroker.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;

/** Messages as JSON. Stateless. */
final class Json {

    private Json() {}

    /** Over several lines, with every field that has a value even by default. */
    static String print(MessageOrBuilder message) {
        return print(JsonFormat.printer().alwaysPrintFieldsWithNoPresence(), message);
    }

    /** On one line, for streams. */
    static String printLine(MessageOrBuilder message) {
        return print(JsonFormat.printer().omittingInsignificantWhitespace(), message);
    }

    private static String print(JsonFormat.Printer printer, MessageOrBuilder message) {
        try {
            return printer.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the broker's answer has no form in JSON", e);
        }
    }

    static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    static Value flag(boolean value) {
        return Value.newBuilder().setBoolValue(value).build();
    }
}
