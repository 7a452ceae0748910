/**
 * Calls that do not block: what producer, consumer and admin client stand on.
 *
 * <p>Owns the way to the nodes of one cluster. {@link dev.millrace.client.call.Network} is the
 * port: one owner of turns, a clock, and exchanges of a request and its answer; {@link
 * dev.millrace.client.call.SocketNetwork} is the one with sockets, a simulation brings its own.
 * {@link dev.millrace.client.call.Topology} knows nodes and topics and finds them again when they
 * move. Everything here is called in the owner's turns and answers there, but for what says
 * otherwise. It knows nothing of records and groups. Not exported.
 */
@NullMarked
package dev.millrace.client.call;

import org.jspecify.annotations.NullMarked;
