package dev.millrace.quorum;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.control.Bootstrap;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Controller;
import dev.millrace.quorum.control.Heard;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.Probe;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.control.UnfenceBroker;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.voters.VoterChange;
import dev.millrace.quorum.voters.VoterState;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's metadata as one node has it. Every method may be called from any thread.
 *
 * <p>Life: {@link #start}, then {@link #register} and {@link #unfence} once the node's logs are
 * loaded and its listeners have their ports, then {@link #close}.
 */
public final class Quorum {
  private final Controller controller;
  private final Parts parts;
  private @Nullable Consumer<Outcome<Boolean>> ready;

  /**
   * What a quorum is made of.
   *
   * @param turns the owner of everything in it
   * @param written static settings of the node
   * @param failed told when the metadata log fails: the node must end
   * @param probe looks whether brokers are there
   */
  public record Parts(
      int nodeId,
      Turns turns,
      MetadataLog log,
      StaticSettings written,
      RandomGenerator random,
      Consumer<RuntimeException> failed,
      Probe probe) {
    /** Of a cluster to which sessions of brokers alone count. */
    public Parts(
        int nodeId,
        Turns turns,
        MetadataLog log,
        StaticSettings written,
        RandomGenerator random,
        Consumer<RuntimeException> failed) {
      this(nodeId, turns, log, written, random, failed, Probe.NONE);
    }
  }

  public Quorum(Parts parts) {
    this.parts = parts;
    BrokerSettings settings = BrokerSettings.of(parts.written());
    this.controller =
        new Controller(
            new Controller.Setup(
                parts.nodeId(), settings, parts.random(), new Events(), parts.probe()),
            parts.turns(),
            parts.log());
  }

  /**
   * Replays the metadata log and, in a new cluster, finalizes the first features.
   *
   * @param ready called once in a turn of the owner when the image is whole and somebody leads, who
   *     takes commands: whether the cluster is new, or why it cannot start
   */
  public void start(Consumer<Outcome<Boolean>> ready) {
    this.ready = ready;
    controller.start();
  }

  /** Everything that is committed. */
  public ClusterImage image() {
    return controller.image();
  }

  /** See {@link Controller#listen}. */
  public void listen(ImageListener listener) {
    controller.listen(listener);
  }

  /** See {@link Controller#submit}. */
  public <R> void submit(Command<R> command, Consumer<Outcome<R>> receiver) {
    controller.submit(command, receiver);
  }

  /** Registers this node's broker; the reply is its epoch. It stays fenced. */
  public void register(RegisterBroker registration, Consumer<Outcome<Long>> receiver) {
    controller.submit(registration, receiver);
  }

  /** Lets this node's broker lead and be told to clients. */
  public void unfence(long brokerEpoch, Consumer<Outcome<Boolean>> receiver) {
    controller.submit(new UnfenceBroker(parts.nodeId(), brokerEpoch), receiver);
  }

  /** The id of the node that leads the metadata and so runs commands; -1 while nobody does. */
  public int leader() {
    return controller.leader();
  }

  /** The epoch in which it leads. */
  public int epoch() {
    return controller.epoch();
  }

  /** Ids of the voters. */
  public List<Integer> voters() {
    return parts.log().voters();
  }

  /**
   * Who votes and how far everybody is.
   *
   * @param voters empty on a node that does not lead
   * @param brokers voters among them, as far as they were heard of; empty on a node that does not
   *     lead
   */
  public record Standing(
      int leader, int epoch, long endOffset, List<VoterState> voters, List<Heard> brokers) {}

  /** Tells how the voters stand, in a turn of the owner. */
  public void standing(Consumer<@Nullable Standing> receiver) {
    parts
        .turns()
        .submit(() ->
            receiver.accept(
                new Standing(
                    leader(),
                    epoch(),
                    image().offset() + 1,
                    parts.log().states(),
                    controller.heard())));
  }

  /** Changes who votes or leads; on the leader. Told in a turn of the owner. */
  public void change(VoterChange change, Consumer<VoterChange.Outcome> receiver) {
    parts.turns().submit(() -> parts.log().change(change, receiver));
  }

  /** Finishes what is open, then closes the metadata log. */
  public void close(Runnable closed) {
    controller.close(closed);
  }

  private final class Events implements Controller.Events {
    @Override
    public void leading() {
      controller.submit(new Bootstrap(parts.written().features()), Quorum.this::tell);
    }

    @Override
    public void following() {
      tell(Outcome.done(false));
    }

    @Override
    public void failed(RuntimeException cause) {
      tell(Outcome.refused(ErrorCode.KAFKA_STORAGE_ERROR, String.valueOf(cause.getMessage())));
      parts.failed().accept(cause);
    }
  }

  private void tell(Outcome<Boolean> outcome) {
    Consumer<Outcome<Boolean>> waiting = ready;
    ready = null;
    if (waiting != null) {
      waiting.accept(outcome);
    }
  }
}
