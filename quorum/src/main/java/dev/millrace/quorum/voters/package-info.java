/**
 * The voters of the metadata: how they find each other, who belongs to their group, and what they
 * say to each other.
 *
 * <p>{@link dev.millrace.quorum.voters.Agreement} is the port to the engine by which voters agree
 * on the order of entries; an engine is found through {@link java.util.ServiceLoader} and is loaded
 * only where there are several voters. {@link dev.millrace.quorum.voters.Formation} decides how a
 * starting node comes into the group: it founds one, joins one, or refuses to start. All frames
 * travel over the controller's listener ({@link dev.millrace.quorum.voters.VoterFrames}, {@link
 * dev.millrace.quorum.voters.VoterLinks}); their format is in {@code docs/formats/voters.md}.
 *
 * <p>Everything here belongs to the quorum's owner unless it says otherwise. Nothing in this
 * package knows what an entry means. Start reading with {@code Formation}.
 */
@NullMarked
package dev.millrace.quorum.voters;

import org.jspecify.annotations.NullMarked;
