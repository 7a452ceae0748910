package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;

/**
 * How far a voter is, as the leader knows.
 *
 * @param incarnation of its disk; zero when there is one voter
 * @param endOffset the offset after the last record that it has
 * @param heardMs wall-clock milliseconds of its last answer
 * @param caughtUpMs wall-clock milliseconds when it last had everything; -1 when not since this
 *     node leads
 */
public record VoterState(int id, Uuid incarnation, long endOffset, long heardMs, long caughtUpMs) {}
