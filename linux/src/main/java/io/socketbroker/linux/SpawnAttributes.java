package io.socketbroker.linux;

import java.lang.foreign.Arena;

/** posix_spawnattr_t: signals and session of the child. Confined to one call. */
final class SpawnAttributes implements AutoCloseable {

    private final Arena arena;
    private final NativeBlock attributes;

    SpawnAttributes(Arena arena) {
        this.arena = arena;
        this.attributes = new NativeBlock(arena.allocate(Abi.SPAWN_ATTR_SIZE, 8));
        SpawnActions.check("posix_spawnattr_init", LibcSpawn.ATTR_INIT.call(attributes.address()));
    }

    /** No signal blocked, every signal with its default action. */
    void resetSignals(boolean newSession) {
        var set = new NativeBlock(arena.allocate(Abi.SIGSET_SIZE, 8));
        SpawnActions.check("sigemptyset", LibcSpawn.SIGEMPTYSET.call(set.address()));
        int error = LibcSpawn.ATTR_SETSIGMASK.call(attributes.address(), set.address());
        SpawnActions.check("posix_spawnattr_setsigmask", error);
        SpawnActions.check("sigfillset", LibcSpawn.SIGFILLSET.call(set.address()));
        error = LibcSpawn.ATTR_SETSIGDEFAULT.call(attributes.address(), set.address());
        SpawnActions.check("posix_spawnattr_setsigdefault", error);
        int flags = Abi.POSIX_SPAWN_SETSIGMASK | Abi.POSIX_SPAWN_SETSIGDEF | (newSession ? Abi.POSIX_SPAWN_SETSID : 0);
        error = LibcSpawn.ATTR_SETFLAGS.call(attributes.address(), flags);
        SpawnActions.check("posix_spawnattr_setflags", error);
    }

    long address() {
        return attributes.address();
    }

    @Override
    public void close() {
        LibcSpawn.ATTR_DESTROY.call(attributes.address());
    }
}
