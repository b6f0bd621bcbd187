package io.socketbroker.daemon.journal;

import com.google.protobuf.ByteString;
import java.util.function.BiConsumer;

/**
 * One step of a store from a version of its schema to the next. A crash may interrupt it, and it is then done again from the
 * start on what is there: it has to come to the same end.
 */
interface Migration {
    /** The version that it starts from; it leads to the next. */
    int from();

    /** Changes what has to change. Records are bytes, for an older version's messages may have gone. */
    void apply(Records records);

    /** The store in the hands of a step. Changes are written in parts, so that a step is not bounded by memory. */
    interface Records {
        /** The records of a kind, without what the step changes meanwhile. */
        void forEach(Family family, BiConsumer<ByteString, ByteString> visitor);

        void put(Family family, ByteString key, ByteString value);

        void remove(Family family, ByteString key);
    }
}
