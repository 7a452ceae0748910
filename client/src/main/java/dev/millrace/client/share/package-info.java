/**
 * The share consumer: records of a group's topics, one by one, to whoever comes first (KIP-932).
 *
 * <p>{@link dev.millrace.client.share.ShareConsumer} is the shell that one thread of a program
 * polls; it decodes records and remembers which of them have been acknowledged. The owner of turns
 * has the rest: {@code ShareMember} is the place in the group, a {@code ShareSession} is the way to
 * one node that leads some of its partitions, {@code ShareCore} puts them together. Records are
 * fetched only while somebody polls, because their locks run from then on. A session has one
 * request in work at a time, and acknowledgements leave with it.
 */
@NullMarked
package dev.millrace.client.share;

import org.jspecify.annotations.NullMarked;
