/**
 * Frames in, replies out in order, outbound calls.
 *
 * <p>Owns sockets, event loops and the memory of frames. Knows no API and no header: a frame is a
 * 32-bit size and that many bytes. Start reading at {@link dev.millrace.net.Listener} for
 * connections that come in, at {@link dev.millrace.net.Peer} for those that go out; both live on
 * {@link dev.millrace.net.Loops} and are a {@code FramedSocket} inside.
 *
 * <p>Threads: one acceptor a listener, which only accepts, and a few loops. A connection belongs to
 * one loop for life; its frames are handled there to completion, and replies from other threads
 * come back there as one turn for many.
 *
 * <p>Which buffer belongs to whom:
 *
 * <ul>
 *   <li>the frame that a {@link dev.millrace.net.FrameHandler} or {@link
 *       dev.millrace.net.Peer.Answer} sees is lent until the call returns; it lies in memory that
 *       only the loop's thread may touch
 *   <li>a reply's buffer belongs to the connection once it was sent; its external parts still
 *       belong to whoever made them and must not change until they have left
 *   <li>what the blocking {@link dev.millrace.net.Peer#call(int, dev.millrace.wire.WireWriter,
 *       long)} returns is the caller's own copy
 * </ul>
 *
 * <p>Limits, all named in {@link dev.millrace.net.ListenerLimits}, {@link
 * dev.millrace.net.LoopLimits} and {@link dev.millrace.net.PeerLimits}. A connection is not read
 * while it has too many requests in work, while its client does not take its replies, while it is
 * muted, or while memory is scarce; the client's own sending then stops. A frame of an impossible
 * size, or a handler that throws, closes that connection with one log line; such lines are limited.
 *
 * <p>Encryption has one place: the channel between a socket and its frames, where {@code
 * FramedSocket} reads and writes.
 */
@NullMarked
package dev.millrace.net;

import org.jspecify.annotations.NullMarked;
