package dev.millrace.server;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Brokers;
import dev.millrace.broker.forward.Forwarding;
import dev.millrace.log.checkpoint.CleanStop;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.control.RegisterBroker.Predecessor;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.log.SoloLog;
import dev.millrace.quorum.voters.VoterChange;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import dev.millrace.replica.Replication;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node that is the only voter of its cluster: it decides everything itself and waits for nobody.
 */
final class Alone implements Membership {
  private final NodePlan plan;
  private final Foundations foundations;
  private final Quorum quorum;
  private volatile long brokerEpoch = CleanStop.NO_EPOCH;

  /**
   * Replays the metadata.
   *
   * @param failed told when the metadata log fails
   * @throws StartException when the metadata is damaged
   */
  Alone(NodePlan plan, Foundations foundations, Consumer<RuntimeException> failed) {
    this.plan = plan;
    this.foundations = foundations;
    this.quorum = replayed(plan, foundations, failed);
  }

  /** The metadata of a node that is alone, replayed; enough to look at it and to change it. */
  static Quorum replayed(
      NodePlan plan, Foundations foundations, Consumer<RuntimeException> failed) {
    Turns turns = foundations.owner("quorum");
    Quorum started;
    try {
      SoloLog log =
          SoloLog.create(
              new SoloLog.Parts(
                  foundations.directories().all().getFirst(),
                  FileDisk.INSTANCE,
                  plan.clock(),
                  turns,
                  plan.nodeId()));
      foundations.events().connect(log);
      started =
          new Quorum(
              new Quorum.Parts(
                  plan.nodeId(), turns, log, plan.written(), foundations.random(), failed));
    } catch (MetadataException e) {
      throw StartException.obstacle(String.valueOf(e.getMessage()), e);
    }
    foundations.teardown().add("quorum", () -> Awaited.done(started::close));
    Boolean isNew = Awaited.answer("metadata cannot be read", started::start);
    System.getLogger("dev.millrace.server")
        .log(System.Logger.Level.DEBUG, "metadata is replayed, new=" + isNew);
    return started;
  }

  @Override
  public String clusterId() {
    return foundations.directories().clusterId();
  }

  @Override
  public Quorum quorum() {
    return quorum;
  }

  @Override
  public Replication replication(DiskWork diskWork) {
    return Replication.ALONE;
  }

  @Override
  public ActiveController controller() {
    return local(quorum);
  }

  /** The controller of this node alone. */
  static ActiveController local(Quorum quorum) {
    return new ActiveController() {
      @Override
      public <R> void submit(Command<R> command, Consumer<Outcome<R>> reply) {
        quorum.submit(command, reply);
      }

      @Override
      public void standing(Consumer<Quorum.@Nullable Standing> receiver) {
        quorum.standing(receiver);
      }

      @Override
      public void change(VoterChange change, Consumer<VoterChange.Outcome> receiver) {
        quorum.change(change, receiver);
      }
    };
  }

  @Override
  public Brokers brokers() {
    return Brokers.NONE;
  }

  @Override
  public @Nullable Forwarding forwarding() {
    return null;
  }

  @Override
  public void actsWith(Partitions partitions) {}

  /** The process that had the id before is gone: we have its locks. */
  @Override
  public void enter(Doors doors) {
    DataDirectories directories = foundations.directories();
    RegisterBroker registration =
        new RegisterBroker(
            plan.nodeId(),
            Uuid.random(foundations.random()),
            doors.endpoints(),
            plan.settings().stringOrNull("broker.rack"),
            directories.ids(),
            new Predecessor(true, directories.cleanEpoch()));
    long epoch =
        Awaited.answer("broker is not registered", answer -> quorum.register(registration, answer));
    brokerEpoch = epoch;
    Boolean ignored =
        Awaited.answer("broker is not let in", answer -> quorum.unfence(epoch, answer));
  }

  @Override
  public void leave() {}

  @Override
  public void serves(Doors doors) {}

  @Override
  public boolean isCertain() {
    return true;
  }

  @Override
  public long brokerEpoch() {
    return brokerEpoch;
  }
}
