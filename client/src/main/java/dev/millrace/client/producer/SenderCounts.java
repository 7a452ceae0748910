package dev.millrace.client.producer;

import java.util.List;

/** What the sender has done; written by the sender, read by any thread. */
final class SenderCounts {
  private volatile long requests;
  private volatile long batches;
  private volatile long records;
  private volatile long bytes;
  private volatile long retries;

  @SuppressWarnings("NonAtomicVolatileUpdate") // one owner writes
  void request(List<OutBatch> sent) {
    requests++;
    batches += sent.size();
    for (OutBatch batch : sent) {
      records += batch.records();
      bytes += batch.bytes().remaining();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one owner writes
  void retried() {
    retries++;
  }

  ProducerMetrics metrics(long bufferedBytes) {
    return new ProducerMetrics(requests, batches, records, bytes, retries, bufferedBytes);
  }
}
