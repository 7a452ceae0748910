/**
 * Calls that do not block: how nodes and clients ask other nodes.
 *
 * <p>{@link dev.millrace.net.call.Network} is the port: one owner of turns, a clock, and exchanges
 * of a request and its answer; {@link dev.millrace.net.call.SocketNetwork} is the one with sockets,
 * {@link dev.millrace.net.sim.SimNetwork} the one of simulations. Both agree with each node on the
 * versions that are spoken, once a connection. Everything here is called in the owner's turns and
 * answers there, but for what says otherwise. It knows the protocol's headers and {@code
 * ApiVersions}, and nothing else of what is said.
 */
@NullMarked
package dev.millrace.net.call;

import org.jspecify.annotations.NullMarked;
