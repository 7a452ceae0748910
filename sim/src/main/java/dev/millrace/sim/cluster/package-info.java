/**
 * Whole nodes in one thread: what {@code server} assembles from threads, sockets and files, made of
 * simulated owners, network and disks.
 *
 * <p>{@link dev.millrace.sim.cluster.SimCluster} has the machines and what they share; a {@link
 * dev.millrace.sim.cluster.Machine} has a disk and a clock and lives again and again; a {@link
 * dev.millrace.sim.cluster.Life} is one process on it, started in the order of a real node. Only
 * agreement on the metadata is not the real one: Ratis has threads of its own, so {@link
 * dev.millrace.quorum.sim.SharedLog} stands in for it. {@link dev.millrace.sim.cluster.Alterations}
 * is where tests put in bugs. Everything belongs to the simulating thread. Begin with {@link
 * dev.millrace.sim.cluster.Life}.
 */
@NullMarked
package dev.millrace.sim.cluster;

import org.jspecify.annotations.NullMarked;
