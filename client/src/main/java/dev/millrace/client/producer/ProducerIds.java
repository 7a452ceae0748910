package dev.millrace.client.producer;

import dev.millrace.client.ClientException;
import dev.millrace.client.call.Faults;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gets the producer's id, and its next epochs (KIP-98, KIP-360). Belongs to the sender. */
final class ProducerIds implements Identities {
  private final Topology topology;
  private final ProducerSettings settings;
  private final Runnable known;
  private final Consumer<ProducerException> fatal;
  private @Nullable Identity current;
  private boolean asking;

  /**
   * @param known called when there is an id
   * @param fatal called when there will be none
   */
  ProducerIds(
      Topology topology,
      ProducerSettings settings,
      Runnable known,
      Consumer<ProducerException> fatal) {
    this.topology = topology;
    this.settings = settings;
    this.known = known;
    this.fatal = fatal;
  }

  /** The identity of now; when there is none it is asked for, and {@code known} follows. */
  @Override
  public @Nullable Identity current() {
    if (current == null && !asking) {
      ask();
    }
    return current;
  }

  @Override
  public @Nullable Identity after(@Nullable Identity spent) {
    Identity now = current();
    if (now != null && now.equals(spent)) {
      current = now.isLast() ? null : now.next();
    }
    return current();
  }

  private void ask() {
    asking = true;
    InitProducerIdRequest request =
        InitProducerIdRequest.builder()
            .transactionalId(null)
            .transactionTimeoutMs(settings.requestTimeoutMs)
            .build();
    topology.callAny(
        Question.of(request, InitProducerIdResponse::read, settings.requestTimeoutMs)
            .then(this::take, Faults.told(this::failed)));
  }

  private void take(InitProducerIdResponse answer) {
    if (answer.errorCode() == ErrorCode.NONE.code()) {
      asking = false;
      current = new Identity(answer.producerId(), answer.producerEpoch());
      known.run();
    } else {
      failed(ClientException.answered(answer.errorCode(), "asking for a producer id", null));
    }
  }

  private void failed(ClientException e) {
    boolean passing = e.mayPass() || e.is(ErrorCode.CONCURRENT_TRANSACTIONS);
    if (!passing) {
      fatal.accept(
          new ProducerException.Fatal(
              "no producer id, set enable.idempotence=false to do without: " + e.getMessage(), e));
      return;
    }
    topology
        .network()
        .turns()
        .after(
            Math.max(1, settings.backoffMs),
            () -> {
              asking = false;
              known.run();
            });
  }
}
