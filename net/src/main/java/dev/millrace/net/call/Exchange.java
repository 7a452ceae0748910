package dev.millrace.net.call;

import dev.millrace.net.NetException;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.ApiKey;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A request and what becomes of it: one of {@code answered} and {@code failed} is called once, in a
 * turn of the network's owner.
 *
 * @param highest version that may be spoken at most
 * @param request made for the version that is spoken
 * @param timeoutMs without an answer in this time the connection is given up
 * @param <R> the answer; record bytes in it are lent until {@code answered} returns
 */
public record Exchange<R extends Response>(
    ApiKey key,
    int highest,
    IntFunction<? extends Request> request,
    Reading<R> reading,
    int timeoutMs,
    Consumer<R> answered,
    Consumer<NetException> failed) {

  /** What is asked, without what becomes of it. */
  public record Question<R extends Response>(
      ApiKey key,
      int highest,
      IntFunction<? extends Request> request,
      Reading<R> reading,
      int timeoutMs) {

    /** A question that is the same in every version. */
    public static <R extends Response> Question<R> of(
        Request request, Reading<R> reading, int timeoutMs) {
      return new Question<>(
          request.apiKey(), Short.MAX_VALUE, version -> request, reading, timeoutMs);
    }

    /** The exchange. */
    public Exchange<R> then(Consumer<R> answered, Consumer<NetException> failed) {
      return new Exchange<>(key, highest, request, reading, timeoutMs, answered, failed);
    }
  }
}
