// Echoes lines on connections, and stays for more of them after the first one: only a wake after a quiet time launches it
// again. Built with `mvn -B package -DskipTests`, from the folder of the checkout:
//
//   bin/socketbroker daemon --runtime-dir /tmp/sb &
//   export SOCKETBROKER_RUNTIME_DIR=/tmp/sb
//   java=$(readlink -f "$(command -v java)")      # of a JDK 25
//   bin/socketbroker task register echo --stdio claim --linger 30s --on-exit rearm -- \
//       "$java" --enable-native-access=ALL-UNNAMED -cp "$PWD/cli/target/lib/*" "$PWD/examples/java/LingeringEcho.java"
//   bin/socketbroker listen --task echo --id echo tcp:127.0.0.1:7777
//   nc 127.0.0.1 7777                             # each answer tells the process and how often it worked
//   bin/socketbroker activations                  # nothing: between two lines only the broker has the connection
//
// After 30 s without a line the process ends. A program with many classes is better compiled to a jar than launched from
// its source.

import io.socketbroker.client.ActivatedHandler;
import io.socketbroker.client.ActivatedSocket;
import io.socketbroker.linux.Sockets;
import io.socketbroker.v1.TriggerReason;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** The whole program: main ends, and the process with it, when no line came for the linger time of the task. */
final class LingeringEcho {

    private static final int MOST_BYTES = 4096;
    private static final AtomicInteger WORKED = new AtomicInteger();

    private LingeringEcho() {}

    public static void main(String[] arguments) {
        ActivatedHandler.run(LingeringEcho::echo);
    }

    /** Called on a virtual thread for each wake; what is left open is parked again. */
    private static void echo(ActivatedSocket socket) {
        if (socket.trigger().reason() == TriggerReason.TRIGGER_REASON_SOCKET_CLOSED) {
            socket.close();
            return;
        }
        var bytes = new byte[MOST_BYTES];
        // Never blocks: a new connection wakes before its first bytes are there.
        int count = Sockets.receive(socket.fd(), bytes);
        if (count == 0) {
            socket.close();
        } else if (count > 0) {
            var line = new String(bytes, 0, count, StandardCharsets.UTF_8).strip();
            var answer = line + " (process " + ProcessHandle.current().pid() + ", work " + WORKED.incrementAndGet() + ")\n";
            var answerBytes = answer.getBytes(StandardCharsets.UTF_8);
            Sockets.send(socket.fd(), answerBytes, 0, answerBytes.length);
        }
    }
}
