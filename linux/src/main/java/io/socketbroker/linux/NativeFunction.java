package io.socketbroker.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collections;

/**
 * A function of libc whose arguments are all integers or addresses, passed as 64-bit words (see {@link Abi} for why
 * that is right).
 *
 * <p>A record, because the JIT compiler trusts its fields: a call through a static final constant compiles to a direct
 * one. Thread-safe. Whoever passes the address of a segment keeps that segment reachable until the call has returned.
 */
record NativeFunction(MethodHandle handle) {

    /** Binds a function with a fixed number of arguments. */
    static NativeFunction of(String name, int words) {
        return bind(name, words, Linker.Option.captureCallState("errno"));
    }

    /**
     * Binds a variadic function.
     *
     * @param firstVariadic index of the first argument behind the named ones
     */
    static NativeFunction variadic(String name, int words, int firstVariadic) {
        return bind(
                name, words, Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(firstVariadic));
    }

    @SuppressWarnings("restricted") // calling libc is what this class is for; users grant it by --enable-native-access
    private static NativeFunction bind(String name, int words, Linker.Option... options) {
        var linker = Linker.nativeLinker();
        var arguments = Collections.nCopies(words, JAVA_LONG).toArray(MemoryLayout[]::new);
        var symbol = linker.defaultLookup().findOrThrow(name);
        return new NativeFunction(linker.downcallHandle(symbol, FunctionDescriptor.of(JAVA_LONG, arguments), options));
    }

    /**
     * Calls the function.
     *
     * @return its result as an int, or the negated errno if the result is -1; byte counts fit because no buffer here
     *     exceeds an int
     */
    int call() {
        var thread = ThreadMemory.current();
        try {
            return thread.result((long) handle.invokeExact(thread.callState()));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int call(long a) {
        var thread = ThreadMemory.current();
        try {
            return thread.result((long) handle.invokeExact(thread.callState(), a));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int call(long a, long b) {
        var thread = ThreadMemory.current();
        try {
            return thread.result((long) handle.invokeExact(thread.callState(), a, b));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int call(long a, long b, long c) {
        var thread = ThreadMemory.current();
        try {
            return thread.result((long) handle.invokeExact(thread.callState(), a, b, c));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int call(long a, long b, long c, long d) {
        var thread = ThreadMemory.current();
        try {
            return thread.result((long) handle.invokeExact(thread.callState(), a, b, c, d));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int call(long a, long b, long c, long d, long e) {
        var thread = ThreadMemory.current();
        try {
            return thread.result((long) handle.invokeExact(thread.callState(), a, b, c, d, e));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int call(long a, long b, long c, long d, long e, long f) {
        var thread = ThreadMemory.current();
        try {
            return thread.result((long) handle.invokeExact(thread.callState(), a, b, c, d, e, f));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static RuntimeException unexpected(Throwable t) {
        if (t instanceof Error error) {
            throw error;
        }
        // A downcall itself throws nothing checked: only a wrong number of words gets here.
        return new IllegalStateException("native call failed inside the JVM", t);
    }
}
