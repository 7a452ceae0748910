/**
 * Faults of machines, disks, clocks and links, by the seed.
 *
 * <p>{@link dev.millrace.sim.fault.Nemesis} makes and mends them in turns of an owner of its own;
 * {@link dev.millrace.sim.fault.Trouble} lists the kinds. It takes away no more than the promises
 * bear: what is on a disk stays there, but for one disk at a time while all copies are whole.
 */
@NullMarked
package dev.millrace.sim.fault;

import org.jspecify.annotations.NullMarked;
