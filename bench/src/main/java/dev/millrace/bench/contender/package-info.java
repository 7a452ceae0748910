/**
 * The brokers that are measured, as processes: how each is made ready, started, watched and ended.
 *
 * <p>A {@link dev.millrace.bench.contender.Distribution} knows one program, a {@link
 * dev.millrace.bench.contender.Node} is one running process with its directory, a {@link
 * dev.millrace.bench.contender.Stand} hands nodes out. One thread uses them. Knows nothing of what
 * is measured.
 */
@NullMarked
package dev.millrace.bench.contender;

import org.jspecify.annotations.NullMarked;
