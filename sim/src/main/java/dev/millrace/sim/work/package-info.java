/**
 * Clients of the simulated cluster: our own producers and consumers on the simulated network, and
 * the history of what they were told.
 *
 * <p>A client is a machine of its own with a number above those of the nodes. It works in turns of
 * its owner until {@link dev.millrace.sim.work.World#isOver} says that it is enough, and tells
 * {@link dev.millrace.sim.work.History} everything it sends and hears. What is wrong at once is
 * told at once; the rest is judged in the end by {@code dev.millrace.sim.check}.
 */
@NullMarked
package dev.millrace.sim.work;

import org.jspecify.annotations.NullMarked;
