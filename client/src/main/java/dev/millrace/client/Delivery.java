package dev.millrace.client;

import dev.millrace.wire.compress.Codec;

/**
 * What a producer asks of the cluster.
 *
 * @param acks 1 the leader wrote it, -1 all in-sync copies have it
 * @param idempotent whether retries can't double a record (KIP-98); needs acks -1
 * @param codec how batches are compressed
 * @param batchBytesMax a partition's batch is sent when it reaches this size
 * @param bufferedBytesMax all batches are sent when they reach this size together
 */
public record Delivery(
    short acks, boolean idempotent, Codec codec, int batchBytesMax, int bufferedBytesMax) {
  /** On all in-sync copies, exactly once; batches of 256 KiB, 2 MiB in all. */
  public static final Delivery SAFE =
      new Delivery((short) -1, true, Codec.NONE, 256 << 10, 2 << 20);

  /** On the leader; a broken connection may lose records or double them. */
  public static final Delivery LEADER_ONLY =
      new Delivery((short) 1, false, Codec.NONE, 256 << 10, 2 << 20);

  public Delivery {
    if (acks != -1 && acks != 1) {
      throw new IllegalArgumentException("acks must be 1 or -1 (all), acks=" + acks);
    }
    if (idempotent && acks != -1) {
      throw new IllegalArgumentException("an idempotent producer needs acks=-1, acks=" + acks);
    }
  }

  /** The same with another codec. */
  public Delivery compressed(Codec other) {
    return new Delivery(acks, idempotent, other, batchBytesMax, bufferedBytesMax);
  }
}
