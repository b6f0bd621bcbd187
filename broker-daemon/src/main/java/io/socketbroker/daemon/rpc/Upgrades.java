package io.socketbroker.daemon.rpc;

/** Replaces this broker by the program that is installed now. Any thread. */
@FunctionalInterface
public interface Upgrades {
    /**
     * Checks that it can be done, which may take as long as a build, and begins. It happens some time after the return, so
     * that the caller can still be answered.
     *
     * @throws io.socketbroker.daemon.core.BrokerRefusal UPGRADE_IMPOSSIBLE, and then nothing has changed
     */
    void begin();
}
