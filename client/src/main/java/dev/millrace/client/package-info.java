/**
 * A client of the protocol: what producer, consumer, test kit and command line share, and plain
 * blocking calls for administration.
 *
 * <p>Programs write with {@code dev.millrace.client.producer.Producer}, read with {@code
 * dev.millrace.client.consumer.Consumer} or, as members of a share group, {@code
 * dev.millrace.client.share.ShareConsumer}, leave reading to a {@code
 * dev.millrace.client.process.Processor}, and administrate with {@link dev.millrace.client.Admin}.
 *
 * <p>This package owns blocking connections to the nodes of one cluster ({@link
 * dev.millrace.client.Cluster}) and the calls over them: topics, settings, groups, offsets,
 * transactions, what nodes say about themselves; {@link dev.millrace.client.PlainProducer} and
 * {@link dev.millrace.client.PartitionReader} are the smallest ways to write and read, for what
 * starts often. Calls block the calling thread, which may be a virtual one; {@link
 * dev.millrace.client.Cluster} and the admin classes are safe for any thread. Everything that does
 * not work is a {@link dev.millrace.client.ClientException} whose message is one line for a person.
 * Start reading at {@link dev.millrace.client.Cluster}.
 */
@NullMarked
package dev.millrace.client;

import org.jspecify.annotations.NullMarked;
