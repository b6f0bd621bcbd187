/**
 * What all comparisons share: contenders that take turns, what was measured of them, the table, the machine, and the
 * processes that are started and ended again. The main thread runs all of it; only {@link Workshop} is for others too,
 * because a shutdown hook ends it. The main classes of the other packages call it.
 */
@NullMarked
package io.socketbroker.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
