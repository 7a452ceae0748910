package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.net.Endpoint;

/**
 * How far a voter is, as the leader knows.
 *
 * @param incarnation of its disk; zero when there is one voter
 * @param endpoint of its controller listener
 * @param endOffset the offset after the last record that it has
 * @param heardMs wall-clock milliseconds of its last answer
 * @param caughtUpMs wall-clock milliseconds when it last had everything; -1 when not since this
 *     node leads
 */
public record VoterState(
    int id, Uuid incarnation, Endpoint endpoint, long endOffset, long heardMs, long caughtUpMs) {}
