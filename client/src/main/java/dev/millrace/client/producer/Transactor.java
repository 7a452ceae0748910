package dev.millrace.client.producer;

import dev.millrace.client.ClientException;
import dev.millrace.client.GroupMember;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Answers;
import dev.millrace.client.call.Faults;
import dev.millrace.client.call.Topology;
import dev.millrace.client.producer.TransactionCalls.Refusal;
import dev.millrace.client.producer.TransactionCalls.Told;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.EndTxnResponse;
import dev.millrace.wire.message.InitProducerIdResponse;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one transactional id, one after the other. In turns.
 *
 * <p>Where the cluster has {@code transaction.version} 2 (KIP-890), partitions become part of a
 * transaction with their first batch, and every transaction has its own epoch, which the answer to
 * its end brings. In older clusters partitions are named to the coordinator first, the epoch stays,
 * and is raised after an abort that threw away numbered batches (KIP-360).
 */
final class Transactor implements Identities {
  private static final String FEATURE = "transaction.version";
  private static final Identity NOBODY = new Identity(-1, (short) -1);

  private final Topology topology;
  private final ProducerSettings settings;
  private final TransactionGate gate;
  private final Batches batches;
  private final TransactionCalls calls;
  private OpenTransaction open = new OpenTransaction();
  private @Nullable Identity identity;
  private @Nullable CompletableFuture<Void> starting;
  private @Nullable CompletableFuture<Void> ending;
  private boolean isCommitting;

  /** Whether partitions join by themselves; the cluster may change it between transactions. */
  private volatile boolean isImplicit;

  /** The sender's batches. */
  interface Batches {
    /** Something may leave. */
    void step();

    /** Completes once everything gathered before has its fate. */
    CompletableFuture<Void> flush();

    /**
     * Gives up all batches; completes when no node has any in work, with whether some of them had
     * numbers.
     */
    CompletableFuture<Boolean> discard(ProducerException cause);

    /** Nothing is sent from now on. */
    void endWith(ProducerException cause);
  }

  Transactor(
      Topology topology,
      ProducerSettings settings,
      TransactionGate gate,
      String transactionalId,
      Batches batches) {
    this.topology = topology;
    this.settings = settings;
    this.gate = gate;
    this.batches = batches;
    this.calls = new TransactionCalls(topology, settings, transactionalId, this::isOver);
  }

  private ProducerException fault() {
    ProducerException known = gate.fault();
    return known == null ? new ProducerException.Fatal("producer is closed", null) : known;
  }

  private boolean isOver() {
    return gate.phase() == TransactionGate.Phase.OVER;
  }

  boolean isImplicit() {
    return isImplicit;
  }

  @Override
  public @Nullable Identity current() {
    return identity;
  }

  /** Within a transaction numbers do not begin anew: it can only be aborted. */
  @Override
  public @Nullable Identity after(@Nullable Identity spent) {
    if (identity == null || !identity.equals(spent)) {
      return identity;
    }
    failed("the numbers of its batches have a hole");
    return null;
  }

  /** Takes the id; the same future while that is in work and afterwards. */
  CompletableFuture<Void> start() {
    CompletableFuture<Void> begun = starting;
    if (begun == null) {
      begun = new CompletableFuture<>();
      starting = begun;
      askFeatures();
    }
    return begun;
  }

  private void askFeatures() {
    topology.callAny(
        Question.of(
                ApiVersionsRequest.builder()
                    .clientSoftwareName("millrace")
                    .clientSoftwareVersion("1")
                    .build(),
                ApiVersionsResponse::read,
                settings.requestTimeoutMs)
            .then(
                answer -> {
                  learn(answer);
                  takeId(NOBODY);
                },
                Faults.told(this::noFeatures)));
  }

  private void noFeatures(ClientException e) {
    if (isOver()) {
      return;
    }
    if (e.mayPass()) {
      topology.network().turns().after(Math.max(1, settings.backoffMs), this::askFeatures);
    } else {
      over(new ProducerException.Fatal("cluster does not say what it can: " + e.getMessage(), e));
    }
  }

  private void learn(ApiVersionsResponse answer) {
    isImplicit =
        answer.finalizedFeatures().stream()
            .anyMatch(feature -> feature.name().equals(FEATURE) && feature.maxVersionLevel() >= 2);
  }

  private void takeId(Identity spent) {
    calls.init(spent, new Told<>(this::taken, this::refusedForGood));
  }

  private void taken(InitProducerIdResponse answer) {
    identity = new Identity(answer.producerId(), answer.producerEpoch());
    ready();
  }

  private void ready() {
    open = new OpenTransaction();
    gate.ready();
    CompletableFuture<Void> begun = starting;
    if (begun != null) {
      begun.complete(null);
    }
    CompletableFuture<Void> ended = ending;
    ending = null;
    if (ended != null) {
      ended.complete(null);
    }
  }

  /** Whether batches may leave for a partition now; if not, the sender is stepped when they may. */
  boolean mayLeave(TopicPartition partition) {
    TransactionGate.Phase phase = gate.phase();
    boolean isOpen = phase == TransactionGate.Phase.OPEN || phase == TransactionGate.Phase.ENDING;
    if (!isOpen || gate.fault() != null) {
      return false;
    }
    if (isImplicit) {
      open.touch();
      return true;
    }
    if (!open.hasOrWants(partition)) {
      topology.network().turns().submit(this::add);
      return false;
    }
    return true;
  }

  /** Names partitions to the coordinator, those that came meanwhile with the next request. */
  private void add() {
    Identity by = identity;
    if (by == null || gate.fault() != null) {
      return;
    }
    OpenTransaction to = open;
    Set<TopicPartition> asked = to.beginAdding();
    if (asked.isEmpty()) {
      return;
    }
    calls.addPartitions(
        by,
        asked,
        new Told<>(
            answer -> {
              to.added(asked);
              add();
              batches.step();
            },
            refusal -> {
              to.notAdded();
              refused(refusal);
            }));
  }

  /** A batch was given up or refused: what it belongs to must not be committed. */
  void failed(String cause) {
    fail(new ProducerException.Abortable("the transaction can only be aborted: " + cause, null));
  }

  /** The cluster says that another producer has the place. */
  void fenced(String cause) {
    refused(new Refusal(TransactionCalls.Meaning.FENCED, cause));
  }

  private void fail(ProducerException.Abortable cause) {
    open.raise();
    gate.fail(cause);
    topology.network().turns().submit(batches::step);
  }

  /** Commits a group's offsets in the transaction. */
  CompletableFuture<Void> sendOffsets(Map<TopicPartition, Long> positions, GroupMember member) {
    Identity by = identity;
    if (isOver()) {
      return CompletableFuture.failedFuture(fault());
    }
    if (by == null) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("call initTransactions first"));
    }
    if (positions.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> done = open.addOffsets();
    Consumer<Refusal> refused =
        refusal -> {
          refused(refusal);
          ProducerException fault = gate.fault();
          done.completeExceptionally(
              fault == null
                  ? new ProducerException.Abortable("offsets: " + refusal.text(), null)
                  : fault);
        };
    if (isImplicit) {
      commitOffsets(by, positions, member, done, refused);
    } else {
      calls.addOffsets(
          by,
          member.group(),
          new Told<>(answer -> commitOffsets(by, positions, member, done, refused), refused));
    }
    return done;
  }

  private void commitOffsets(
      Identity by,
      Map<TopicPartition, Long> positions,
      GroupMember member,
      CompletableFuture<Void> done,
      Consumer<Refusal> refused) {
    calls.commitOffsets(
        by, positions, member, isImplicit, new Told<>(answer -> done.complete(null), refused));
  }

  /** Ends the transaction; the gate is shut already. */
  CompletableFuture<Void> end(boolean isCommit) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    if (isOver()) {
      ended.completeExceptionally(fault());
      return ended;
    }
    ending = ended;
    isCommitting = isCommit;
    CompletableFuture<Void> sent = open.settled();
    if (isCommit) {
      Answers.tell(
          CompletableFuture.allOf(batches.flush(), sent),
          (none, fault) -> inTurn(this::commitOrRefuse));
    } else {
      open.wantNothing();
      Answers.tell(
          batches.discard(new ProducerException.Abortable("the transaction was aborted", null)),
          (hadNumbers, fault) -> {
            if (Boolean.TRUE.equals(hadNumbers)) {
              open.raise();
            }
            Answers.tell(sent, (none, late) -> inTurn(this::askEnd));
          });
    }
    return ended;
  }

  /** The same end that is in work, or null. */
  @Nullable CompletableFuture<Void> ending(boolean isCommit) {
    return isCommitting == isCommit ? ending : null;
  }

  private void inTurn(Runnable work) {
    topology
        .network()
        .turns()
        .submit(() -> {
          if (!isOver()) {
            work.run();
          }
        });
  }

  private void commitOrRefuse() {
    ProducerException fault = gate.fault();
    if (fault == null) {
      askEnd();
    } else {
      refuseCommit(fault);
    }
  }

  private void refuseCommit(ProducerException fault) {
    gate.reopen();
    CompletableFuture<Void> ended = ending;
    ending = null;
    if (ended != null) {
      ended.completeExceptionally(fault);
    }
  }

  private void askEnd() {
    Identity by = identity;
    if (by == null || open.isAdding()) {
      // partitions that are being named would come after the end
      topology.network().turns().after(1, () -> inTurn(this::askEnd));
    } else if (!open.isTouched()) {
      ready();
    } else {
      calls.end(
          by, isCommitting, isImplicit, new Told<>(answer -> ended(by, answer), this::endRefused));
    }
  }

  private void ended(Identity by, EndTxnResponse answer) {
    boolean isRaised = answer.producerId() >= 0;
    if (isRaised) {
      identity = new Identity(answer.producerId(), answer.producerEpoch());
      ready();
    } else if (open.mustRaise()) {
      takeId(by);
    } else {
      ready();
    }
  }

  private void refused(Refusal refusal) {
    switch (refusal.meaning()) {
      case FENCED ->
          over(
              new ProducerException.Fenced(
                  "another producer has this transactional.id, or the transaction took longer than"
                      + " transaction.timeout.ms="
                      + settings.transactionTimeoutMs
                      + ": "
                      + refusal.text(),
                  null));
      case ABORT -> failed(refusal.text());
      default -> over(fatal(refusal));
    }
  }

  /** A commit may be refused and the transaction aborted then; an abort must work. */
  private void endRefused(Refusal refusal) {
    if (refusal.meaning() == TransactionCalls.Meaning.ABORT && isCommitting) {
      failed(refusal.text());
      commitOrRefuse();
    } else {
      refusedForGood(refusal);
    }
  }

  private void refusedForGood(Refusal refusal) {
    if (refusal.meaning() == TransactionCalls.Meaning.ABORT) {
      over(fatal(refusal));
    } else {
      refused(refusal);
    }
  }

  private static ProducerException fatal(Refusal refusal) {
    return new ProducerException.Fatal(
        "transactions do not work: " + refusal.text() + ", close the producer", null);
  }

  /** Nothing more can be sent. */
  void over(ProducerException cause) {
    gate.over(cause);
    ProducerException told = fault();
    batches.endWith(told);
    open.fail(told);
    CompletableFuture<Void> begun = starting;
    if (begun != null) {
      begun.completeExceptionally(told);
    }
    CompletableFuture<Void> ended = ending;
    ending = null;
    if (ended != null) {
      ended.completeExceptionally(told);
    }
  }
}
