package dev.millrace.broker.cluster;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.Node;
import dev.millrace.net.Endpoint;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Those who keep the metadata, as this node knows them, and how to change them. Any thread. */
public interface QuorumView {
  /** Id of the node that leads the metadata, -1 while nobody does. */
  int leader();

  /** In which epoch. */
  int epoch();

  /** All voters; how far they are is known on the leader. */
  List<Voter> voters();

  /** Takes a node in; {@code done} hears why not, or null, on any thread. */
  void add(int id, Consumer<@Nullable String> done);

  /** Takes a voter out. */
  void remove(int id, Consumer<@Nullable String> done);

  /**
   * A voter.
   *
   * @param directory of its disk; zero when that is not known
   * @param endpoint of its controller; null for a node that has none
   * @param lag entries that it lacks
   * @param heardMs since it was last heard of, milliseconds
   */
  record Voter(int id, Uuid directory, @Nullable Endpoint endpoint, long lag, long heardMs) {}

  /** A node that is the only voter. */
  static QuorumView alone(Node node) {
    return new QuorumView() {
      @Override
      public int leader() {
        return node.id();
      }

      @Override
      public int epoch() {
        return node.image().epoch();
      }

      @Override
      public List<Voter> voters() {
        return List.of(new Voter(node.id(), Uuid.ZERO, null, 0, 0));
      }

      @Override
      public void add(int id, Consumer<@Nullable String> done) {
        done.accept("the node is the only voter, start it with controller.quorum.voters");
      }

      @Override
      public void remove(int id, Consumer<@Nullable String> done) {
        done.accept("the node is the only voter");
      }
    };
  }
}
