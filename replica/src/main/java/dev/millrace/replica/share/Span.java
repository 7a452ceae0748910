package dev.millrace.replica.share;

/**
 * A run of offsets whose delivery is the same.
 *
 * @param last inclusive
 */
record Span(long first, long last, Delivery delivery) {
  long count() {
    return last - first + 1;
  }
}
