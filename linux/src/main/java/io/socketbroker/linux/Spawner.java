package io.socketbroker.linux;

import java.lang.foreign.Arena;

/**
 * Starts programs (posix_spawn(3)).
 *
 * <p>Thread-safe; the calling thread waits until the child has executed the program, about 0.1 ms. The child has an
 * empty signal mask and default signal actions (the JVM blocks and ignores some), and only the descriptors of the
 * request above 2; of 0, 1 and 2 it inherits those that the request does not replace.
 */
public final class Spawner {

    private Spawner() {}

    /**
     * Starts a program. The caller reaps the child through its pidfd ({@link PidFd#waitFor}).
     *
     * @throws LinuxException naming the program: ENOENT, EACCES, ENOEXEC, E2BIG, EAGAIN (process limit); EBADF if a
     *     source is not open; EMFILE without a free descriptor for the pidfd, in which case the child is killed
     */
    public static SpawnedProcess spawn(SpawnRequest request) {
        try (var plan = new DescriptorPlan(request.descriptors());
                var arena = Arena.ofConfined();
                var actions = new SpawnActions(arena);
                var attributes = new SpawnAttributes(arena)) {
            request.workingDirectory().ifPresent(actions::changeDirectory);
            plan.steps().forEach(step -> actions.duplicate(step.source(), step.target()));
            plan.gaps().forEach(actions::close);
            actions.closeFrom(plan.firstClosed());
            attributes.resetSignals(request.newSession());
            var program =
                    ProgramArguments.allocate(arena, request.program(), request.arguments(), request.environment());
            var pid = new NativeBlock(arena.allocate(Integer.BYTES, Integer.BYTES));
            int error = LibcSpawn.POSIX_SPAWN.call(
                    pid.address(),
                    program.program().address(),
                    actions.address(),
                    attributes.address(),
                    program.argv().address(),
                    program.envp().address());
            if (error != 0) {
                throw LinuxException.of("posix_spawn", subject(request), error);
            }
            return watched(pid.getInt(0));
        }
    }

    private static String subject(SpawnRequest request) {
        return request.program()
                + request.workingDirectory()
                        .map(directory -> " in directory " + directory)
                        .orElse("");
    }

    private static SpawnedProcess watched(int pid) {
        try {
            return new SpawnedProcess(pid, PidFd.open(pid));
        } catch (LinuxException e) {
            // Nobody could wait for the child: it must not live on unseen.
            LibcProcess.KILL.call(pid, Signals.SIGKILL);
            PidFd.reap(pid);
            throw e;
        }
    }
}
