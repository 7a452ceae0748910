package dev.millrace.replica;

/**
 * What a follower wants to read. Its offset is a promise: everything below is as safe there as the
 * topic's flush policy asks.
 *
 * @param broker id of the follower
 * @param brokerEpoch of its present life; -1 when it does not say, then it can't join the in-sync
 *     set
 * @param logStartOffset where its log begins
 * @param query read to the log end, whatever {@link ReadQuery#committedOnly} says
 */
public record FollowerFetch(int broker, long brokerEpoch, long logStartOffset, ReadQuery query) {}
