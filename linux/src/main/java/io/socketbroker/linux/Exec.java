package io.socketbroker.linux;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;

/** Turns this JVM into another program (execve(2)). */
public final class Exec {

    /** Above the 127 calls of the JDK's threshold (java.lang.invoke.MethodHandle.CUSTOMIZE_THRESHOLD). */
    private static final int REHEARSALS = 256;

    private static final long HIGHEST_DESCRIPTOR = 0xFFFF_FFFFL;
    private static final int FIRST_NON_STANDARD = 3;

    private Exec() {}

    /**
     * Replaces this process: same pid, all threads gone, shutdown hooks not run. The program has an empty signal mask,
     * default signal actions and, above 2, the given descriptors only.
     *
     * <p>To be called by the only active thread. If it returns with the error of execve or dup2, numbers that are
     * targets mean other files than before and every descriptor above 2 has FD_CLOEXEC, so the caller can do little but
     * report and exit; other errors come before any change.
     *
     * @param program absolute path
     * @param argv including argv[0]
     * @param env the whole environment
     * @param descriptors each target once; sources and targets may overlap
     * @return the failure, naming the program; never returns on success
     * @throws IllegalArgumentException as {@link SpawnRequest}
     */
    public static LinuxException replaceProcess(
            String program, List<String> argv, Map<String, String> env, List<SpawnRequest.Mapping> descriptors) {
        ProgramArguments.check(program, argv, env);
        SpawnRequest.checkTargets(descriptors);
        try (var arena = Arena.ofConfined();
                var plan = new DescriptorPlan(descriptors)) {
            var image = ProgramArguments.allocate(arena, program, argv, env);
            // Most mistakes show here, while nothing is changed yet.
            LinuxException.check("execve", LibcExec.ACCESS.call(image.program().address(), Abi.X_OK));
            rehearse(arena);
            markAllCloseOnExec();
            for (SpawnRequest.Mapping step : plan.steps()) {
                int result = LibcDescriptors.DUP2.call(step.source().number(), step.target());
                LinuxException.check("dup2", step.source(), result);
            }
            defaultIgnoredSignals(arena);
            unblockSignals(arena);
            int result = LibcExec.EXECVE.call(
                    image.program().address(),
                    image.argv().address(),
                    image.envp().address());
            return LinuxException.of("execve", program, -result);
        } catch (LinuxException e) {
            return e.fd() >= 0 ? e : LinuxException.of(e.call(), program, e.errno());
        }
    }

    /**
     * Calls of all that follows, without effect. A method handle that was called 128 times gets a class of its own, and
     * the JVM must not load classes once the descriptors of its files mean others: it would end by SIGSEGV.
     */
    private static void rehearse(Arena arena) {
        // A path that execve(2) refuses before it looks at anything else.
        var noProgram = new NativeBlock(arena.allocate(1));
        for (int i = 0; i < REHEARSALS; i++) {
            LibcDescriptors.DUP2.call(-1, -1);
            LibcProcess.SYSCALL.call(Abi.SYS_CLOSE_RANGE, 1, 0, Abi.CLOSE_RANGE_CLOEXEC, 0);
            LibcDescriptors.FCNTL.call(-1, Abi.F_SETFD, Abi.FD_CLOEXEC);
            LibcExec.SIGACTION.call(1, 0, 0);
            LibcExec.PTHREAD_SIGMASK.call(Abi.SIG_SETMASK, 0, 0);
            LibcExec.EXECVE.call(noProgram.address(), 0, 0);
        }
    }

    /** The JVM opens files without O_CLOEXEC here and there (class path entries among them). */
    private static void markAllCloseOnExec() {
        int result = LibcProcess.SYSCALL.call(
                Abi.SYS_CLOSE_RANGE, FIRST_NON_STANDARD, HIGHEST_DESCRIPTOR, Abi.CLOSE_RANGE_CLOEXEC, 0);
        if (result == 0) {
            return;
        }
        // The flag came with Linux 5.11.
        for (int number :
                OpenDescriptors.ofThisProcess().tailMap(FIRST_NON_STANDARD).keySet()) {
            LibcDescriptors.FCNTL.call(number, Abi.F_SETFD, Abi.FD_CLOEXEC);
        }
    }

    /**
     * execve sets handled signals to their default action but leaves ignored ones ignored; handled ones the JVM needs
     * until the end.
     */
    private static void defaultIgnoredSignals(Arena arena) {
        var action = new NativeBlock(arena.allocate(Abi.SIGACTION_SIZE, 8));
        for (int signal = 1; signal <= Signals.HIGHEST; signal++) {
            int result = LibcExec.SIGACTION.call(signal, 0, action.address());
            // glibc refuses its own two signals (32 and 33), so these stay as they are.
            if (result == 0 && action.getLong(Abi.SIGACTION_HANDLER_OFFSET) == Abi.SIG_IGN) {
                action.clear();
                action.setLong(Abi.SIGACTION_HANDLER_OFFSET, Abi.SIG_DFL);
                LinuxException.check("sigaction", LibcExec.SIGACTION.call(signal, action.address(), 0));
            }
        }
    }

    private static void unblockSignals(Arena arena) {
        var none = new NativeBlock(arena.allocate(Abi.SIGSET_SIZE, 8));
        SpawnActions.check("pthread_sigmask", LibcExec.PTHREAD_SIGMASK.call(Abi.SIG_SETMASK, none.address(), 0));
    }
}
