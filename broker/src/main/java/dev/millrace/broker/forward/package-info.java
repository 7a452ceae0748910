/**
 * The way from any node to the active controller.
 *
 * <p>{@link dev.millrace.broker.forward.ControllerLink} finds the active controller and asks it,
 * again when another one leads by then; {@link dev.millrace.broker.forward.Forwarding} passes whole
 * requests of clients on, in an Envelope (KIP-590), and lets the answer wait until this node knows
 * what was changed; {@link dev.millrace.broker.forward.RemoteController} is the {@link
 * dev.millrace.broker.ActiveController} of a node that does not always lead, for what the node
 * itself asks for.
 *
 * <p>Everything lives in the turns of a {@link dev.millrace.net.call.Network}; what others call is
 * safe for any thread. What is asked may be done twice when a connection breaks at the wrong
 * moment, as with Apache Kafka: every command stands that.
 */
@NullMarked
package dev.millrace.broker.forward;

import org.jspecify.annotations.NullMarked;
