package io.socketbroker.daemon.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

/** Messages in which every field has a value of its own, so that none can be forgotten or mixed up unseen. */
final class FullMessages {
    private int number;

    private FullMessages() {}

    static Message of(Message empty) {
        return new FullMessages().fill(empty.newBuilderForType());
    }

    private Message fill(Message.Builder message) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isMapField()) {
                continue;
            }
            Object value = value(message, field);
            if (field.isRepeated()) {
                message.addRepeatedField(field, value);
            } else {
                message.setField(field, value);
            }
        }
        return message.build();
    }

    private Object value(Message.Builder message, FieldDescriptor field) {
        number++;
        return switch (field.getJavaType()) {
            case INT -> number;
            case LONG -> (long) number;
            case DOUBLE -> (double) number;
            case FLOAT -> (float) number;
            case BOOLEAN -> true;
            case STRING -> "text" + number;
            case BYTE_STRING -> ByteString.copyFromUtf8("bytes" + number);
            case ENUM -> field.getEnumType().getValues().getLast();
            case MESSAGE -> fill(message.newBuilderForField(field));
        };
    }
}
