package io.socketbroker.linux;

/** posix_spawn(3) and its attributes. These return the error itself (0 or a positive errno) and do not set errno. */
final class LibcSpawn {

    static final NativeFunction POSIX_SPAWN = NativeFunction.of("posix_spawn", 6);
    static final NativeFunction ACTIONS_INIT = NativeFunction.of("posix_spawn_file_actions_init", 1);
    static final NativeFunction ACTIONS_DESTROY = NativeFunction.of("posix_spawn_file_actions_destroy", 1);
    static final NativeFunction ACTIONS_ADDDUP2 = NativeFunction.of("posix_spawn_file_actions_adddup2", 3);
    static final NativeFunction ACTIONS_ADDCLOSE = NativeFunction.of("posix_spawn_file_actions_addclose", 2);
    static final NativeFunction ACTIONS_ADDCLOSEFROM = NativeFunction.of("posix_spawn_file_actions_addclosefrom_np", 2);
    static final NativeFunction ACTIONS_ADDCHDIR = NativeFunction.of("posix_spawn_file_actions_addchdir_np", 2);
    static final NativeFunction ATTR_INIT = NativeFunction.of("posix_spawnattr_init", 1);
    static final NativeFunction ATTR_DESTROY = NativeFunction.of("posix_spawnattr_destroy", 1);
    static final NativeFunction ATTR_SETFLAGS = NativeFunction.of("posix_spawnattr_setflags", 2);
    static final NativeFunction ATTR_SETSIGMASK = NativeFunction.of("posix_spawnattr_setsigmask", 2);
    static final NativeFunction ATTR_SETSIGDEFAULT = NativeFunction.of("posix_spawnattr_setsigdefault", 2);
    static final NativeFunction SIGEMPTYSET = NativeFunction.of("sigemptyset", 1);
    static final NativeFunction SIGFILLSET = NativeFunction.of("sigfillset", 1);

    private LibcSpawn() {}
}
