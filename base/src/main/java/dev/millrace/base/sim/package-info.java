/**
 * The ports of {@code base} as a simulation: one seed drives every owner, the clocks and the disk.
 *
 * <p>{@link dev.millrace.base.sim.SimOwners} steps all owners from one thread; time stands still
 * while there is work and jumps to the next timeout when there is none, so an hour of cluster life
 * takes milliseconds. The same seed gives the same run, step by step. A run that fails throws
 * {@link dev.millrace.base.sim.SimFailure}, whose message holds the seed and the last steps.
 * Everything here belongs to the thread that made it; a call from another thread is refused.
 */
@NullMarked
package dev.millrace.base.sim;

import org.jspecify.annotations.NullMarked;
