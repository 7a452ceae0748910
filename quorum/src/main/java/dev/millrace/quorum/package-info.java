/**
 * Cluster metadata of one node.
 *
 * <p>{@link dev.millrace.quorum.Quorum} is the door: the published {@link
 * dev.millrace.quorum.image.ClusterImage}, commands to the controller, listeners. Behind it, {@code
 * image} is the value and its replay, {@code control} are the rules, {@code log} is the metadata
 * log with its files, {@code record} are Kafka's record kinds. The room does not know what a
 * partition's leader does with its leadership, nor any socket.
 *
 * <p>All state belongs to one owner, the {@code quorum} turns; readers take the image from a
 * volatile field and keep it as long as they like.
 */
@NullMarked
package dev.millrace.quorum;

import org.jspecify.annotations.NullMarked;
