package dev.millrace.replica.follow;

import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchResponse;
import java.util.function.Consumer;

/** The way to a broker that leads. Called, and answers, in turns of the fetchers' owner. */
@FunctionalInterface
public interface LeaderLink {
  /**
   * Asks; one of the two is called once.
   *
   * @param timeoutMs without an answer in this time the connection is given up
   * @param answered its record bytes are lent until it returns
   * @param failed told why there is no answer
   */
  void fetch(
      FetchRequest request,
      int timeoutMs,
      Consumer<FetchResponse> answered,
      Consumer<String> failed);
}
