package io.socketbroker.daemon.core;

import com.google.protobuf.ByteString;

/**
 * Identity of a session: nobody can meet another uid's, whatever id they guess.
 *
 * @param uid of the program
 * @param id 16 random bytes of the program's choice
 */
public record SessionName(int uid, ByteString id) {}
