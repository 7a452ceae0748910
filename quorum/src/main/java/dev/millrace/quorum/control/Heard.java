package dev.millrace.quorum.control;

/**
 * How far a broker is with the metadata, as its heartbeats tell the active controller.
 *
 * @param endOffset the offset after the last record that it acts on
 * @param agoMs milliseconds since its last heartbeat, to a tick of the sessions
 * @param caughtUpAgoMs milliseconds since it last acted on everything; -1 when not since this
 *     controller is active
 */
public record Heard(int brokerId, long endOffset, long agoMs, long caughtUpAgoMs) {}
