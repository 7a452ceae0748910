package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import dev.millrace.wire.ErrorCode;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A member of a group, whichever protocol it speaks. In turns. */
interface Membership {
  /** What a membership does to the consumer. */
  interface Host {
    /** What is held now. */
    Set<TopicPartition> owned();

    /** Tells the listener that these leave; they are given up, then {@code then} runs in a turn. */
    void revoke(Collection<TopicPartition> partitions, Runnable then);

    /** Takes these and tells the listener; {@code then} runs in a turn. */
    void assign(List<TopicPartition> partitions, Runnable then);

    /** Everything is gone already: gives it up and tells the listener; {@code then} as above. */
    void lose(Runnable then);

    /** It can not go on. */
    void fail(ConsumerException fault);
  }

  /** Reads these topics from now on. */
  void subscribe(Set<String> topics);

  /** The number of partitions of a subscribed topic may have changed. */
  void topologyChanged();

  /** The program polls: it is alive. */
  void polled();

  /** Generation or member epoch that commits carry; -1 outside of the group. */
  int generation();

  /** Empty outside of the group. */
  String memberId();

  /**
   * A commit was refused because the group has moved on.
   *
   * @param ofGeneration that the commit carried
   */
  void stale(ErrorCode error, int ofGeneration);

  /** Leaves the group, unless it is a static member; nothing more is done then. */
  CompletableFuture<Void> leave();
}
