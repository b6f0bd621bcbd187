package io.socketbroker.linux;

import java.lang.foreign.Arena;

/**
 * posix_spawn_file_actions_t: what the child does with its descriptors before it executes the program. Confined to one
 * call.
 */
final class SpawnActions implements AutoCloseable {

    private final Arena arena;
    private final NativeBlock actions;

    SpawnActions(Arena arena) {
        this.arena = arena;
        this.actions = new NativeBlock(arena.allocate(Abi.SPAWN_FILE_ACTIONS_SIZE, 8));
        check("posix_spawn_file_actions_init", LibcSpawn.ACTIONS_INIT.call(actions.address()));
    }

    void changeDirectory(String path) {
        var text = arena.allocateFrom(path);
        int error = LibcSpawn.ACTIONS_ADDCHDIR.call(actions.address(), text.address());
        check("posix_spawn_file_actions_addchdir_np", error);
    }

    void duplicate(Fd source, int target) {
        int error = LibcSpawn.ACTIONS_ADDDUP2.call(actions.address(), source.number(), target);
        check("posix_spawn_file_actions_adddup2", error);
    }

    /** Closes a number in the child; no error if it is not open there. */
    void close(int number) {
        check("posix_spawn_file_actions_addclose", LibcSpawn.ACTIONS_ADDCLOSE.call(actions.address(), number));
    }

    void closeFrom(int number) {
        int error = LibcSpawn.ACTIONS_ADDCLOSEFROM.call(actions.address(), number);
        check("posix_spawn_file_actions_addclosefrom_np", error);
    }

    long address() {
        return actions.address();
    }

    /** These functions return the error itself. */
    static void check(String call, int error) {
        if (error != 0) {
            throw new LinuxException(call, -1, error);
        }
    }

    @Override
    public void close() {
        LibcSpawn.ACTIONS_DESTROY.call(actions.address());
    }
}
