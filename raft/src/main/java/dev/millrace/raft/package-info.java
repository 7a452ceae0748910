/**
 * Apache Ratis as the engine by which several voters agree on the metadata log.
 *
 * <p>Implements {@link dev.millrace.quorum.voters.Agreement} and is found through {@link
 * java.util.ServiceLoader}; a node with one voter loads nothing of it. Ratis brings consensus, its
 * log and its threads; requests between voters go over the quorum's own connections ({@link
 * dev.millrace.raft.FrameRpc}), so neither gRPC nor Netty is started. What entries mean, and what a
 * snapshot holds, is not known here. Where Ratis has traps the class that avoids one says so;
 * {@code docs/decisions/0160-agreement.md} lists them. Start reading with {@code RatisAgreement}.
 *
 * <p>This room has no module descriptor: Ratis' jars share packages between them, so they can only
 * be on the class path.
 */
@NullMarked
package dev.millrace.raft;

import org.jspecify.annotations.NullMarked;
