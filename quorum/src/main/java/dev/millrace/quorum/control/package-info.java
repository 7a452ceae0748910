/**
 * The controller's rules: what a change of the cluster's metadata means in records, and who may
 * have it.
 *
 * <p>Each {@link dev.millrace.quorum.control.Command} decides from an immutable image, {@code
 * decide(image, command) -> (records, reply)}, and changes nothing itself. {@link
 * dev.millrace.quorum.control.Controller} runs commands one after the other in its owner's turns,
 * each on the image that the one before will leave, appends their records to the metadata log and
 * lets a reply go when everything that it rests on is committed. What clients may get wrong comes
 * back as an {@link dev.millrace.quorum.control.Outcome}, never as an exception.
 *
 * <p>What becomes of a partition is decided in {@code PartitionChange} alone, and what the state of
 * the brokers means for all of them in {@code Leaderships}. Which brokers are alive is not in the
 * log: the active controller keeps their sessions in memory ({@link
 * dev.millrace.quorum.control.Liveness}).
 *
 * <p>Start with {@link dev.millrace.quorum.control.CreateTopics}.
 */
@NullMarked
package dev.millrace.quorum.control;

import org.jspecify.annotations.NullMarked;
