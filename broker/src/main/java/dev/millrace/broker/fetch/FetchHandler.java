package dev.millrace.broker.fetch;

import dev.millrace.base.time.Clock;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.FetchRequest;
import java.util.function.BooleanSupplier;

/**
 * Fetch (1), versions 4 to 18: records from many partitions, in sessions when the client wants.
 *
 * <p>Partitions are served in the order of the request, or of the session, until the answer is
 * full. Too few bytes make the request wait for more, at most as long as it says; an error of any
 * partition answers at once.
 *
 * <ul>
 *   <li>4: isolation level; transactions aborted within what is sent are named for read_committed.
 *   <li>5: log start offsets. 7: sessions (KIP-227). 9: the leader epoch is checked (KIP-320).
 *   <li>11: a consumer may read from any copy, and is told of one in its rack (KIP-392).
 *   <li>12: the epoch of the last fetched record is checked (KIP-595), and who leads elsewhere is
 *       named (KIP-951). 13: topics by id.
 *   <li>15: replica state in a tag. 16: where the named leaders are. 17, 18: tags that only
 *       followers send.
 * </ul>
 */
public final class FetchHandler implements Handler<FetchRequest> {
  private final Parts parts;
  private final Clock clock;

  /**
   * What fetches need.
   *
   * @param bytesMax most bytes of records in one answer ({@code fetch.max.bytes})
   * @param isCertain whether nobody else can lead by now what this node leads; any thread
   */
  public record Parts(
      Node node,
      Partitions partitions,
      DiskWork diskWork,
      FetchSessions sessions,
      int bytesMax,
      BooleanSupplier isCertain) {}

  public FetchHandler(Parts parts, Clock clock) {
    this.parts = parts;
    this.clock = clock;
  }

  @Override
  public ApiKey key() {
    return ApiKey.FETCH;
  }

  @Override
  public void handle(Call call, FetchRequest request) {
    FetchQuery query = FetchQuery.of(request, call.version());
    FetchTurn turn = parts.sessions.begin(query, clock.monotonicMs());
    FetchLimits limits = FetchLimits.of(request, call.version(), parts.bytesMax);
    new Fetching(call, turn, limits, parts).begin();
  }
}
