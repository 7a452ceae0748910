package dev.millrace.client;

import dev.millrace.net.Endpoint;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Administration with futures: each call runs on a virtual thread of its own and tries again while
 * its error is a passing one. Safe for any thread; a call is about what it was given, whatever
 * becomes of the collections afterwards. Futures fail with {@link ClientException}.
 *
 * <p>Who may block uses the classes behind it on a {@link Cluster}: {@link Topics}, {@link Groups},
 * {@link ConsumerGroups}, {@link ShareGroups}, {@link Configs}, {@link Offsets}, {@link Records},
 * {@link Transactions}, {@link Producers}, {@link Nodes}, {@link Replication}, {@link Features},
 * {@link Acls}.
 */
public final class Admin implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Supplier<Cluster> connect;
  private volatile @Nullable Cluster cluster;

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
    Map<String, String> copy = Map.copyOf(settings);
    return call(at -> new Topics(at).create(name, partitions, replicas, copy));
  }

  /** Gives a topic more partitions. */
  public CompletableFuture<Void> growTopic(String name, int partitions) {
    return run(at -> new Topics(at).grow(name, partitions));
  }

  /** Deletes a topic and all its records. */
  public CompletableFuture<Void> deleteTopic(String name) {
    return run(at -> new Topics(at).delete(name));
  }

  /** All groups of all nodes, of every kind, sorted by name. */
  public CompletableFuture<List<Groups.Listed>> listGroups() {
    return call(at -> new Groups(at).list());
  }

  /** A group of any protocol; one that is not there is in state {@code Dead}. */
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
    Map<TopicPartition, Long> copy = Map.copyOf(offsets);
    return run(at -> new Groups(at).commit(group, copy));
  }

  /** Deletes a group and its offsets; fails while it has members. */
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

  /** All transactional ids of all nodes, sorted; also those without an open transaction. */
  public CompletableFuture<List<Transactions.Listed>> listTransactions() {
    return call(at -> new Transactions(at).list());
  }

  /** What an id and its transaction are now; see {@link Transactions#describe}. */
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

  /** Settings; see {@link Configs#describe}. */
  public CompletableFuture<List<Configs.Entry>> describeConfigs(Configs.Kind kind, String name) {
    return call(at -> new Configs(at).describe(kind, name));
  }

  /** Sets and takes back settings; see {@link Configs#alter}. */
  public CompletableFuture<Void> alterConfigs(
      Configs.Kind kind, String name, Map<String, String> set, Collection<String> unset) {
    Map<String, String> added = Map.copyOf(set);
    List<String> removed = List.copyOf(unset);
    return run(at -> new Configs(at).alter(kind, name, added, removed));
  }

  /** A group of the consumer protocol; see {@link ConsumerGroups#describe}. */
  public CompletableFuture<ConsumerGroups.Described> describeConsumerGroup(String group) {
    return call(at -> new ConsumerGroups(at).describe(group));
  }

  /** Lets a group forget offsets. */
  public CompletableFuture<Void> deleteGroupOffsets(
      String group, Collection<TopicPartition> partitions) {
    List<TopicPartition> copy = List.copyOf(partitions);
    return run(at -> new ConsumerGroups(at).deleteOffsets(group, copy));
  }

  /** All share groups of all nodes, sorted by name. */
  public CompletableFuture<List<ShareGroups.Listed>> listShareGroups() {
    return call(at -> new ShareGroups(at).list());
  }

  /** A share group; see {@link ShareGroups#describe}. */
  public CompletableFuture<ShareGroups.Described> describeShareGroup(String group) {
    return call(at -> new ShareGroups(at).describe(group));
  }

  /** Where a share group is. */
  public CompletableFuture<Map<TopicPartition, ShareGroups.Progress>> shareGroupOffsets(
      String group) {
    return call(at -> new ShareGroups(at).offsets(group));
  }

  /** Sets where a share group without members goes on. */
  public CompletableFuture<Void> alterShareGroupOffsets(
      String group, Map<TopicPartition, Long> offsets) {
    Map<TopicPartition, Long> copy = Map.copyOf(offsets);
    return run(at -> new ShareGroups(at).alterOffsets(group, copy));
  }

  /** Lets a share group without members forget topics. */
  public CompletableFuture<Void> deleteShareGroupOffsets(String group, Collection<String> topics) {
    List<String> copy = List.copyOf(topics);
    return run(at -> new ShareGroups(at).deleteOffsets(group, copy));
  }

  /** Deletes records before offsets; see {@link Records#delete}. */
  public CompletableFuture<Map<TopicPartition, Long>> deleteRecords(
      Map<TopicPartition, Long> before) {
    Map<TopicPartition, Long> copy = Map.copyOf(before);
    return call(at -> new Records(at).delete(copy));
  }

  /** Producers of partitions. */
  public CompletableFuture<List<Producers.Active>> describeProducers(
      Collection<TopicPartition> partitions) {
    List<TopicPartition> copy = List.copyOf(partitions);
    return call(at -> new Producers(at).describe(copy));
  }

  /** Transactions that no coordinator will end; see {@link Producers#hanging}. */
  public CompletableFuture<List<Producers.Active>> hangingTransactions(
      Collection<TopicPartition> partitions, long openForMs) {
    List<TopicPartition> copy = List.copyOf(partitions);
    return call(at -> new Producers(at).hanging(copy, openForMs));
  }

  /** Aborts a hanging transaction in its partition. */
  public CompletableFuture<Void> abortHanging(Producers.Active hanging) {
    return run(at -> new Producers(at).abort(hanging));
  }

  /**
   * All features by name, with the levels in force and those that the node which answers can do.
   */
  public CompletableFuture<Map<String, Features.Feature>> describeFeatures() {
    return call(at -> new Features(at).describe());
  }

  /** Sets levels of features; see {@link Features#update}. */
  public CompletableFuture<Void> updateFeatures(Map<String, Integer> levels, boolean dryRun) {
    Map<String, Integer> copy = Map.copyOf(levels);
    return run(at -> new Features(at).update(copy, dryRun));
  }

  /** Elects leaders; see {@link Replication#elect}. */
  public CompletableFuture<Map<TopicPartition, String>> electLeaders(
      Replication.Election election, @Nullable Collection<TopicPartition> partitions) {
    List<TopicPartition> copy = partitions == null ? null : List.copyOf(partitions);
    return call(at -> new Replication(at).elect(election, copy));
  }

  /** Gives partitions other copies; see {@link Replication#reassign}. */
  public CompletableFuture<Map<TopicPartition, String>> reassign(
      Map<TopicPartition, List<Integer>> replicas) {
    Map<TopicPartition, List<Integer>> copy = new TreeMap<>();
    replicas.forEach((partition, nodes) -> copy.put(partition, List.copyOf(nodes)));
    return call(at -> new Replication(at).reassign(copy));
  }

  /** Partitions whose copies are being moved. */
  public CompletableFuture<List<Replication.Reassignment>> listReassignments() {
    return call(at -> new Replication(at).reassignments());
  }

  /** Moves a node's copies to another of its directories. */
  public CompletableFuture<Void> moveWithin(
      int node, String directory, Collection<TopicPartition> partitions) {
    List<TopicPartition> copy = List.copyOf(partitions);
    return run(at -> {
      at.learn(List.of());
      new Replication(at).moveWithin(node, directory, copy);
    });
  }

  /** Rules that fit; {@link Acls.Filter#ALL} for all. */
  public CompletableFuture<List<Acls.Rule>> describeAcls(Acls.Filter filter) {
    return call(at -> new Acls(at).describe(filter));
  }

  /** Adds rules; those that are there already stay. */
  public CompletableFuture<Void> createAcls(Collection<Acls.Rule> rules) {
    List<Acls.Rule> copy = List.copyOf(rules);
    return run(at -> new Acls(at).create(copy));
  }

  /** Deletes rules that fit, and says which. */
  public CompletableFuture<List<Acls.Rule>> deleteAcls(Acls.Filter filter) {
    return call(at -> new Acls(at).delete(filter));
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

  private CompletableFuture<Void> run(Consumer<Cluster> work) {
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
