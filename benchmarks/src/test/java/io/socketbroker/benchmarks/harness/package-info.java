/** Tests of what is common to all comparisons. On the threads of JUnit. For the build. */
@NullMarked
package io.socketbroker.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
