package dev.millrace.net.call;

import dev.millrace.wire.Response;
import dev.millrace.wire.WireReader;

/**
 * How an answer is read from its bytes: {@code MetadataResponse::read}.
 *
 * @param <R> the answer
 */
@FunctionalInterface
public interface Reading<R extends Response> {
  R read(WireReader in, short version);
}
