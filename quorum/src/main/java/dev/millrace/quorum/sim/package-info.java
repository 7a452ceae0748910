/**
 * The metadata log of a simulated cluster: several nodes in one thread agree on one log, without
 * consensus underneath.
 *
 * <p>{@link dev.millrace.quorum.sim.SharedLog} is the cluster's log; each life of a node gets its
 * {@link dev.millrace.quorum.log.MetadataLog} from {@link dev.millrace.quorum.sim.SharedLog#join}.
 * What real agreement may do to those above is done here by the seed: commits and their news come
 * late and to every node at another time, leaders change with appends open (some of which are
 * committed, the others lost), a deposed leader learns of it late, nodes die, come back, are cut
 * off, and are brought up by a snapshot. Everything belongs to the thread of the simulation.
 */
@NullMarked
package dev.millrace.quorum.sim;

import org.jspecify.annotations.NullMarked;
