package dev.millrace.client.producer;

import org.jspecify.annotations.Nullable;

/** Where the sender gets from who it is. In turns. */
interface Identities {
  /** The identity of now; null while there is none, the sender is stepped when there is. */
  @Nullable Identity current();

  /** An identity later than {@code spent}, or null until there is one. */
  @Nullable Identity after(@Nullable Identity spent);
}
