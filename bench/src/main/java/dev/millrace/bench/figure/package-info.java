/**
 * What is measured, what it shall be, and the table that says so: plain values, no clock, no
 * process.
 *
 * <p>A {@link dev.millrace.bench.figure.Figure} has {@link dev.millrace.bench.figure.Samples} for
 * each {@link dev.millrace.bench.figure.Contender}; {@link dev.millrace.bench.figure.Table} sets
 * the medians side by side.
 */
@NullMarked
package dev.millrace.bench.figure;

import org.jspecify.annotations.NullMarked;
