package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the program holds; it hears of a loss when it polls. */
final class Held implements Membership.Host {
  final Set<TopicPartition> partitions = new TreeSet<>();
  final List<Runnable> losses = new ArrayList<>();

  void hear() {
    List.copyOf(losses).forEach(Runnable::run);
    losses.clear();
  }

  @Override
  public Set<TopicPartition> owned() {
    return Set.copyOf(partitions);
  }

  @Override
  public void revoke(Collection<TopicPartition> gone, Runnable then) {
    partitions.removeAll(gone);
    then.run();
  }

  @Override
  public void assign(List<TopicPartition> coming, Runnable then) {
    partitions.addAll(coming);
    then.run();
  }

  @Override
  public void lose(Runnable then) {
    partitions.clear();
    losses.add(then);
  }

  @Override
  public void fail(ConsumerException fault) {
    throw new AssertionError(fault);
  }
}
