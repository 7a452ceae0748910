/**
 * A client of the protocol, small and blocking: what the command line and tests need.
 *
 * <p>Owns connections to the nodes of one cluster ({@link dev.millrace.client.Cluster}) and the
 * calls over them: topics, settings, groups, offsets, a producer that retries without doubling
 * records, a consumer that reads given partitions. It does not know groups of consumers, nor
 * transactions. Calls block the calling thread, which may be a virtual one; {@link
 * dev.millrace.client.Cluster} and the admin classes are safe for any thread, producers and
 * consumers belong to one. Everything that does not work is a {@link
 * dev.millrace.client.ClientException} whose message is one line for a person. Start reading at
 * {@link dev.millrace.client.Cluster}.
 */
@NullMarked
package dev.millrace.client;

import org.jspecify.annotations.NullMarked;
