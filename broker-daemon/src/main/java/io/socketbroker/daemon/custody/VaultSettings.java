package io.socketbroker.daemon.custody;

import java.time.Duration;

/**
 * How patient a {@link VaultCustody} is.
 *
 * @param answerTimeout how long the vault may take to answer before its connection counts as broken, from 1 ms
 * @param outageLimit how long puts wait for a vault that is away before they are refused, from 1 ms
 * @param refillPause how long until sockets that the vault refused in a refill are offered again, from 1 ms
 * @param mostQueued sockets whose put waits because the vault is busy or away; each may take a descriptor of the broker
 */
public record VaultSettings(Duration answerTimeout, Duration outageLimit, Duration refillPause, int mostQueued) {
    /** 5 s, 5 s, 10 s, and 1,024 sockets. */
    public static final VaultSettings DEFAULT =
            new VaultSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(10), 1_024);
}
