/**
 * The life of a broker in a cluster of several nodes: {@link dev.millrace.broker.life.BrokerLife}
 * registers it, tells the active controller that it is alive, and lets it go in order; {@link
 * dev.millrace.broker.life.InSyncProposals} takes the wishes of its leaders to the controller.
 *
 * <p>Lives in the turns of an owner that does nothing slow, so that a busy node is not taken for a
 * dead one.
 */
@NullMarked
package dev.millrace.broker.life;

import org.jspecify.annotations.NullMarked;
