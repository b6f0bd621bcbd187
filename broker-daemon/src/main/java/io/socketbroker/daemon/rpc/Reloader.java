package io.socketbroker.daemon.rpc;

import io.socketbroker.v1.ReloadResponse;
import java.util.concurrent.CompletionStage;

/** Reads the configuration anew, see AdminService.Reload. From any thread. */
@FunctionalInterface
public interface Reloader {
    /** What came of it. */
    CompletionStage<ReloadResponse> reload();
}
