package dev.millrace.server.http;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A request, and the way to its answer. Belongs to the thread that serves it; calls block. */
interface Exchange {
  String method();

  /** Still encoded; begins with a slash. */
  String path();

  /** Still encoded; null for none. */
  @Nullable String query();

  /** The first header field of this name, null for none. */
  @Nullable String field(String name);

  /** The body, with nothing in it when there is none. */
  InputStream body();

  /**
   * Answers, once.
   *
   * @param type of the body
   */
  void answer(int status, String type, byte[] body) throws IOException;
}
