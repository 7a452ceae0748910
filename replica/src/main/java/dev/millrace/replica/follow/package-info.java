/**
 * Copying partitions from their leaders.
 *
 * <p>Owns one loop of Fetch requests for each leading broker: sessions, limits, back-off, checking
 * what came. {@link dev.millrace.replica.follow.Fetchers} is the door, {@link
 * dev.millrace.replica.Following} what is done to a log, {@link
 * dev.millrace.replica.follow.LeaderLink} the way to a broker. Everything lives in turns of one
 * owner, that of the network, in which answers arrive; what waits for the disk is handed to the
 * disk's owners.
 *
 * <p>A follower asks from an offset on when everything below it is as safe as the topic's flush
 * policy wants: the leader counts the offset for the high watermark. So the request after an answer
 * waits for the group sync of what came.
 *
 * <p>It knows nothing of leaders' bookkeeping, of metadata, nor of sockets. Start reading at {@link
 * dev.millrace.replica.follow.Fetcher}.
 */
@NullMarked
package dev.millrace.replica.follow;

import org.jspecify.annotations.NullMarked;
