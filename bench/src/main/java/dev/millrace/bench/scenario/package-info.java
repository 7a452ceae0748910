/**
 * What is compared, a scenario a file. A scenario knows its figures and their goals; it gets its
 * nodes and clients from the {@link dev.millrace.bench.scenario.Workshop} and measures one
 * contender at a time, so that rounds can alternate.
 */
@NullMarked
package dev.millrace.bench.scenario;

import org.jspecify.annotations.NullMarked;
