package dev.millrace.client;

import dev.millrace.net.Endpoint;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Administration with futures: each call runs on a virtual thread of its own and tries again while
 * its error is a passing one. Safe for any thread. Futures fail with {@link ClientException}.
 *
 * <p>Who may block uses the classes behind it on a {@link Cluster}: {@link Topics}, {@link Groups},
 * {@link Configs}, {@link Offsets}, {@link Transactions}, {@link Nodes}.
 */
public final class Admin implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Supplier<Cluster> connect;
  private volatile @org.jspecify.annotations.Nullable Cluster cluster;

  private Admin(Supplier<Cluster> connect) {
    this.connect = connect;
  }

  /**
   * An admin client; it connects when it is first asked.
   *
   * @param settings of Kafka's names, {@code bootstrap.servers} at least
   * @throws ClientException when a setting is wrong or unknown
   */
  public static Admin open(Map<String, ?> settings) {
    ClientOptions in = new ClientOptions(settings);
    List<Endpoint> bootstrap = in.bootstrap();
    ClientSettings client =
        new ClientSettings(
            in.text("client.id", "millrace-admin"),
            (int) in.number("request.timeout.ms", 30_000, 1, Integer.MAX_VALUE),
            (int) in.number("default.api.timeout.ms", 60_000, 1, Integer.MAX_VALUE),
            (int) in.number("retry.backoff.ms", 100, 1, Integer.MAX_VALUE));
    in.refuseOthers();
    return new Admin(() -> Cluster.connect(bootstrap, client));
  }

  /** Nodes and all topics. */
  public CompletableFuture<ClusterView> describeCluster() {
    return call(Cluster::learnAll);
  }

  /** Creates a topic; see {@link Topics#create}. */
  public CompletableFuture<Topics.Created> createTopic(
      String name, int partitions, int replicas, Map<String, String> settings) {
    return call(at -> new Topics(at).create(name, partitions, replicas, settings));
  }

  /** Gives a topic more partitions. */
  public CompletableFuture<Void> growTopic(String name, int partitions) {
    return run(at -> new Topics(at).grow(name, partitions));
  }

  public CompletableFuture<Void> deleteTopic(String name) {
    return run(at -> new Topics(at).delete(name));
  }

  public CompletableFuture<List<Groups.Listed>> listGroups() {
    return call(at -> new Groups(at).list());
  }

  public CompletableFuture<Groups.Described> describeGroup(String group) {
    return call(at -> new Groups(at).describe(group));
  }

  /** Committed offsets of a group. */
  public CompletableFuture<Map<TopicPartition, Long>> groupOffsets(String group) {
    return call(at -> new Groups(at).committed(group));
  }

  /** Sets committed offsets of a group without members. */
  public CompletableFuture<Void> alterGroupOffsets(
      String group, Map<TopicPartition, Long> offsets) {
    return run(at -> new Groups(at).commit(group, offsets));
  }

  public CompletableFuture<Void> deleteGroup(String group) {
    return run(at -> new Groups(at).delete(group));
  }

  /** Offsets of a time; see {@link Offsets#at}. */
  public CompletableFuture<Map<TopicPartition, Long>> offsets(
      long timestampMs, Collection<TopicPartition> partitions) {
    List<TopicPartition> copy = List.copyOf(partitions);
    return call(at -> {
      at.learn(copy.stream().map(TopicPartition::topic).distinct().toList());
      return new Offsets(at).at(timestampMs, copy);
    });
  }

  public CompletableFuture<List<Transactions.Listed>> listTransactions() {
    return call(at -> new Transactions(at).list());
  }

  public CompletableFuture<Transactions.Described> describeTransaction(String id) {
    return call(at -> new Transactions(at).describe(id));
  }

  /** Aborts an open transaction and fences its producer. */
  public CompletableFuture<Void> abortTransaction(String id) {
    return run(at -> new Transactions(at).abort(id));
  }

  /** Directories of a node. */
  public CompletableFuture<List<Nodes.Directory>> logDirectories(int node) {
    return call(at -> {
      at.learn(List.of());
      return new Nodes(at).directories(node);
    });
  }

  /** The metadata quorum. */
  public CompletableFuture<Nodes.Quorum> describeQuorum() {
    return call(at -> new Nodes(at).quorum());
  }

  /** Any other call, on a virtual thread. */
  public <T> CompletableFuture<T> call(Function<Cluster, T> work) {
    return CompletableFuture.supplyAsync(() -> work.apply(cluster()), threads);
  }

  /** Waits for calls in work, then closes the connections. */
  @Override
  public void close() {
    threads.close();
    Cluster open = cluster;
    if (open != null) {
      open.close();
    }
  }

  private CompletableFuture<Void> run(java.util.function.Consumer<Cluster> work) {
    return CompletableFuture.runAsync(() -> work.accept(cluster()), threads);
  }

  private synchronized Cluster cluster() {
    Cluster open = cluster;
    if (open == null) {
      open = connect.get();
      cluster = open;
    }
    return open;
  }
}
