package io.socketbroker.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * Fails every test that leaves a descriptor open or closes one that it did not open. Registered for all tests as a
 * service.
 */
public final class DescriptorLeakExtension implements TestInstancePreConstructCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(DescriptorLeakExtension.class);

    /** Each test has a store of its own, also while its instance is being made. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    /** Before the fields of the test instance are initialised, since these may be descriptors. */
    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factoryContext, ExtensionContext context) {
        context.getStore(NAMESPACE).put("before", descriptors());
        context.getStore(NAMESPACE).put("owned", OwnedFd.openCount());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        var before = context.getStore(NAMESPACE).getOrDefault("before", SortedMap.class, new TreeMap<>());
        var owned = context.getStore(NAMESPACE).getOrDefault("owned", Integer.class, -1);
        // java.lang.Process closes the pipes of an ended child on a thread of its own.
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat((Object) descriptors())
                        .as("descriptors after the test; owners: %s", OwnedFd.openDescriptions())
                        .isEqualTo(before));
        assertThat(OwnedFd.openCount()).as("open OwnedFds").isEqualTo(owned);
    }

    /** Without what the JVM opens by itself when it first needs it: class path, run-time image, random numbers. */
    private static SortedMap<Integer, String> descriptors() {
        var open = new TreeMap<>(OpenDescriptors.ofThisProcess());
        open.values()
                .removeIf(target ->
                        target.endsWith(".jar") || target.endsWith("/lib/modules") || target.startsWith("/dev/"));
        return open;
    }
}
