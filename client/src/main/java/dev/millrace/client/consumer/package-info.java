/**
 * The consumer: partitions of a group or chosen by hand, records in the order of their offsets.
 *
 * <p>{@link dev.millrace.client.consumer.Consumer} is the shell that one thread of a program polls.
 * All protocol state belongs to one owner of turns: the group membership ({@code Membership} and
 * the two protocols behind it), what is held ({@code Held}), fetching ({@code Fetcher}), offsets
 * ({@code OffsetCalls}). What the owner has for the polling thread goes through the {@code Inbox}:
 * fetched record bytes, which are decoded only there, and rebalances, whose listeners run there.
 * Heartbeats and fetching go on while the program works on records.
 */
@NullMarked
package dev.millrace.client.consumer;

import org.jspecify.annotations.NullMarked;
