/**
 * Keeps a cluster even and empties brokers that shall go, on the active controller.
 *
 * <p>Comes in: the image, what operators want of brokers ({@link
 * dev.millrace.quorum.image.BrokerWish}), sizes that brokers report. Goes out: ordinary
 * reassignments and, when a broker has its part, the end of that wish. It keeps nothing that
 * matters: another controller goes on from the metadata. Plans are made on a thread of their own.
 * Start reading at {@link dev.millrace.broker.balance.ClusterBalancer}.
 */
@NullMarked
package dev.millrace.broker.balance;

import org.jspecify.annotations.NullMarked;
