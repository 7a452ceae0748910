/**
 * What must hold, as checks of the simulated cluster.
 *
 * <p>{@link dev.millrace.sim.check.Ledger} looks at the bytes of all copies below their high
 * watermarks while the cluster runs, and at what nodes acknowledge; {@link
 * dev.millrace.sim.check.Judge} looks at the histories of clients in the end; {@link
 * dev.millrace.sim.check.Rest} says whether the cluster has come to rest. Everything runs in the
 * simulating thread, outside of the nodes.
 */
@NullMarked
package dev.millrace.sim.check;

import org.jspecify.annotations.NullMarked;
