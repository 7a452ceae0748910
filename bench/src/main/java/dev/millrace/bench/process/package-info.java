/**
 * Child processes and what Linux tells about them: processor time, memory, threads.
 *
 * <p>Knows nothing of brokers. Start reading at {@link dev.millrace.bench.process.Usage}.
 */
@NullMarked
package dev.millrace.bench.process;

import org.jspecify.annotations.NullMarked;
