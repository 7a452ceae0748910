package dev.millrace.client.process;

import dev.millrace.client.consumer.ConsumerRecord;

/**
 * Works on one record, on a virtual thread: it may block.
 *
 * @param <K> key
 * @param <V> value
 */
@FunctionalInterface
public interface Handler<K, V> {
  /**
   * Works on a record. It comes again when this throws, and after a crash or a rebalance that comes
   * before its commit.
   *
   * @throws Exception when it has to be tried again
   */
  void handle(ConsumerRecord<K, V> record) throws Exception;
}
