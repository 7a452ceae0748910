package dev.millrace.replica;

/**
 * The place of a transaction's first batch while its coordinator is asked: {@link
 * Partition#admission}. Used once, by {@link Partition#append} or {@link Partition#giveUp}.
 */
public final class Admission {
  final long producerId;
  int holders;
  boolean late;

  Admission(long producerId) {
    this.producerId = producerId;
  }
}
