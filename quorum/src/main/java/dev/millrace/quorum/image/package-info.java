/**
 * The cluster as one immutable value, made by replaying metadata records.
 *
 * <p>{@link dev.millrace.quorum.image.ClusterImage} is what readers hold; {@link
 * dev.millrace.quorum.image.Replay} is the only way from one image to the next, on the live path,
 * at start and from a snapshot alike; {@link dev.millrace.quorum.image.ImageDelta} says what
 * changed; {@link dev.millrace.quorum.image.ImageRecords} writes an image as the records that make
 * it. Nothing here knows a log, a thread or a rule of the controller. Images are safe for any
 * thread; a {@code Replay} belongs to one.
 */
@NullMarked
package dev.millrace.quorum.image;

import org.jspecify.annotations.NullMarked;
