package dev.millrace.wire;

import dev.millrace.wire.message.ApiKey;

/** The body of a request. */
public interface Request extends Message {
  ApiKey apiKey();
}
