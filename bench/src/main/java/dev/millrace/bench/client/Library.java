package dev.millrace.bench.client;

import java.util.Map;
import java.util.function.LongConsumer;

/** A client library as a driver sees it: the shortest way to send and to receive with it. */
interface Library {
  /** A producer. */
  Sending producer(Map<String, String> settings);

  /** A consumer of partition 0 of a topic, from the beginning. */
  Receiving consumer(Map<String, String> settings, String topic);

  /** Sends records without a key. */
  interface Sending extends AutoCloseable {
    /** With a callback that all records share. */
    void send(String topic, byte[] value);

    /** The same, keeping a future. */
    void sendWithFuture(String topic, byte[] value);

    /** Waits until everything is acknowledged. */
    void flush();

    /** Records that the callback has heard of. */
    long acknowledged();

    @Override
    void close();
  }

  /** Receives records. */
  interface Receiving extends AutoCloseable {
    /** Polls once; returns how many records came. Their values are looked at. */
    int poll(long patienceMs);

    /** The same without an object for each record, where the library has a way to do that. */
    default int read(long patienceMs) {
      return poll(patienceMs);
    }

    /** The same, telling the first eight bytes of each value. */
    int poll(long patienceMs, LongConsumer firstBytes);

    void seekToBeginning();

    void seekToEnd();

    @Override
    void close();
  }

  /** The library of this name. */
  static Library of(String name) {
    return switch (name) {
      case "own" -> new OwnLibrary();
      case "apache" -> new ApacheLibrary();
      default -> throw new IllegalArgumentException("no such client, name=" + name);
    };
  }
}
