/**
 * A cluster of the real rooms in one thread from one seed, under faults, and the checks of what
 * must hold.
 *
 * <p>{@link dev.millrace.sim.Run} is one seed from the first start to the verdict; {@link
 * dev.millrace.sim.Plan} is what the seed decides beforehand; {@link dev.millrace.sim.Main} runs
 * many. The same seed takes the same steps. Nothing here is shipped.
 */
@NullMarked
package dev.millrace.sim;

import org.jspecify.annotations.NullMarked;
