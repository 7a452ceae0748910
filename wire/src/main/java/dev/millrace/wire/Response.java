package dev.millrace.wire;

import dev.millrace.wire.message.ApiKey;

/** The body of a response. */
public interface Response extends Message {
  ApiKey apiKey();
}
