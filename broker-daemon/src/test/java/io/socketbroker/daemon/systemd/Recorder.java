package io.socketbroker.daemon.systemd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what it is told, with any process id as PID. Thread-safe. */
final class Recorder implements UnitLauncher.Outcome {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private volatile int pid;

    @Override
    public void started(int mainPid) {
        pid = mainPid;
        told.add("started PID");
    }

    @Override
    public void failed(String error) {
        told.add("failed: " + error);
    }

    @Override
    public void ended(boolean success, String result) {
        told.add((success ? "success: " : "failure: ") + result);
    }

    /** As last told; 0 before. */
    int pid() {
        return pid;
    }

    /** Waits for it; "nothing" after 20 s. */
    String next() throws InterruptedException {
        String next = told.poll(20, TimeUnit.SECONDS);
        return next == null ? "nothing" : next;
    }

    /** Waits for everything up to the end. */
    List<String> all() throws InterruptedException {
        List<String> all = new ArrayList<>();
        do {
            all.add(next());
        } while (all.getLast().equals("started PID"));
        return all;
    }

    /** What was told and not asked for yet. */
    List<String> rest() {
        List<String> rest = new ArrayList<>();
        told.drainTo(rest);
        return rest;
    }
}
