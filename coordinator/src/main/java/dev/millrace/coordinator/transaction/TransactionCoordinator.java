package dev.millrace.coordinator.transaction;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.Coordinator;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.LedPartitions;
import dev.millrace.coordinator.PartitionCoordinator;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeTransactionsResponse;
import dev.millrace.wire.message.ListTransactionsResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The transactional ids whose coordinator is this node: those that hash to a partition of {@code
 * __transaction_state} that it leads. Safe for any thread; answers come on any thread, each exactly
 * once.
 *
 * <p>Errors are those of the newest version of an API ({@link ErrorCode#PRODUCER_FENCED}, {@link
 * ErrorCode#TRANSACTION_ABORTABLE}); the caller translates them for older ones.
 */
public final class TransactionCoordinator implements Coordinator {
  /** The topic on which transactional ids live. */
  public static final String TOPIC = "__transaction_state";

  private final Setup setup;
  private final List<Turns> owners;
  private final LedPartitions<TransactionMachine> led = new LedPartitions<>();

  /**
   * What it works with.
   *
   * @param partitionCount of {@link #TOPIC}, or what it will have when it is created
   */
  public record Setup(
      TransactionSettings settings,
      Clock clock,
      NewProducerIds ids,
      Markers markers,
      IntSupplier partitionCount) {}

  /** Takes who is told who a producer is now; {@link ProducerIdentity#NONE} with an error. */
  @FunctionalInterface
  public interface ProducerAnswer {
    void take(ErrorCode error, ProducerIdentity producer);
  }

  /**
   * @param owners partitions are spread over them
   */
  public TransactionCoordinator(Setup setup, List<Turns> owners) {
    this.setup = setup;
    this.owners = List.copyOf(owners);
  }

  // Partitions

  /** The partition of {@link #TOPIC} on which a transactional id lives. */
  @Override
  public int partitionOf(String transactionalId) {
    return LedPartitions.partitionOf(transactionalId, setup.partitionCount().getAsInt());
  }

  /** This node leads a partition: its transactions are loaded from {@code log}. */
  @Override
  public void elected(int partition, int leaderEpoch, CoordinatorLog log) {
    TransactionMachine.Parts parts =
        new TransactionMachine.Parts(
            setup.settings(), setup.clock(), setup.ids(), setup.markers(), leaderEpoch);
    led.elected(
        partition,
        leaderEpoch,
        () ->
            new PartitionCoordinator<>(
                TOPIC + "-" + partition,
                owners.get(partition % owners.size()),
                log,
                TransactionSettings.COMMIT_TIMEOUT_MS,
                deadlines -> new TransactionMachine(parts, deadlines)));
  }

  /** This node no longer leads a partition, since before {@code leaderEpoch}. */
  @Override
  public void resigned(int partition, int leaderEpoch) {
    led.resigned(partition, leaderEpoch);
  }

  /** Gives up all partitions. */
  @Override
  public void close() {
    led.close();
  }

  /** Calls {@code ready} when a partition is loaded, or with the error why this node has it not. */
  @Override
  public void whenLoaded(int partition, Consumer<ErrorCode> ready) {
    led.whenLoaded(partition, ready);
  }

  // Producers

  /** A producer begins, or begins again. An open transaction of the one before it is aborted. */
  public void init(InitRequest request, ProducerAnswer answer) {
    Step command = new InitProducer(request, answer::take);
    if (request.timeoutMs() <= 0 || request.timeoutMs() > setup.settings().timeoutMaxMs()) {
      command.refuse(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
    } else {
      submit(request.transactionalId(), command);
    }
  }

  /** Partitions become part of a producer's transaction; it begins with the first ones. */
  public void add(Participation request, Consumer<ErrorCode> answer) {
    submit(
        request.transactionalId(), new AddPartitions(request, (error, _) -> answer.accept(error)));
  }

  /** Looks whether partitions are part of a producer's transaction; an error for each. */
  public void verify(Participation request, Consumer<List<ErrorCode>> answer) {
    String id = request.transactionalId();
    led.read(
        partitionOf(id),
        machine ->
            answer.accept(
                TransactionRules.verify(
                    machine.find(id), request.producer(), request.partitions())),
        error -> answer.accept(request.partitions().stream().map(_ -> error).toList()));
  }

  /** Decides a transaction. The answer comes when that is lasting; markers follow. */
  public void end(EndRequest request, ProducerAnswer answer) {
    submit(request.transactionalId(), new EndTransaction(request, answer::take));
  }

  private void submit(String id, Step command) {
    if (id.isEmpty()) {
      command.refuse(ErrorCode.INVALID_REQUEST);
    } else {
      led.submit(partitionOf(id), id, command);
    }
  }

  // Tools

  /** Describes a transactional id. */
  public void describe(String id, Consumer<DescribeTransactionsResponse.TransactionState> answer) {
    if (id.isEmpty()) {
      answer.accept(TransactionViews.failed(id, ErrorCode.INVALID_REQUEST));
      return;
    }
    led.read(
        partitionOf(id),
        machine -> answer.accept(TransactionViews.describe(machine, id)),
        error -> answer.accept(TransactionViews.failed(id, error)));
  }

  /**
   * Lists transactions of all partitions that this node leads.
   *
   * @param error {@link ErrorCode#NONE} or {@link ErrorCode#COORDINATOR_LOAD_IN_PROGRESS}
   */
  public record Listing(List<ListTransactionsResponse.TransactionState> found, ErrorCode error) {}

  /** Lists what the filter takes. */
  public void list(TransactionFilter filter, Consumer<Listing> answer) {
    listFrom(List.copyOf(led.all()).iterator(), filter, new ArrayList<>(), answer);
  }

  /** Asks one partition after the other; each answers in a turn of its own owner. */
  private static void listFrom(
      Iterator<PartitionCoordinator<TransactionMachine>> partitions,
      TransactionFilter filter,
      List<ListTransactionsResponse.TransactionState> found,
      Consumer<Listing> answer) {
    if (!partitions.hasNext()) {
      answer.accept(new Listing(found, ErrorCode.NONE));
      return;
    }
    partitions
        .next()
        .read(
            machine -> {
              found.addAll(TransactionViews.list(machine, filter));
              listFrom(partitions, filter, found, answer);
            },
            error -> {
              if (error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) {
                answer.accept(new Listing(List.of(), error));
              } else {
                listFrom(partitions, filter, found, answer);
              }
            });
  }
}
