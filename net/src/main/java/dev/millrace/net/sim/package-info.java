/**
 * The network of a simulated cluster, driven by one seed.
 *
 * <p>{@link dev.millrace.net.sim.SimNetwork} is a {@link dev.millrace.net.call.Network} for each
 * node, and brings frames to the {@link dev.millrace.net.FrameHandler} of the node that is called.
 * It runs on the owners of {@link dev.millrace.base.sim.SimOwners}, in their one thread. Frames
 * that are lent are spoiled when the call returns, so that nobody keeps them unnoticed.
 */
@NullMarked
package dev.millrace.net.sim;

import org.jspecify.annotations.NullMarked;
