package dev.millrace.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.DataNode;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.replica.SchemaDemand;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.records.BatchVerdict.RecordError;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordGateTest {
  private static final short VERSION = 9;

  private final DataNode node = new DataNode();
  private final Words gate = new Words();

  /** Takes values that are known words; learns them when it is told to. */
  private static final class Words implements RecordGate {
    final List<String> known = new ArrayList<>();
    final List<Runnable> refreshing = new ArrayList<>();
    SchemaDemand demand = new SchemaDemand(NOTHING, NOTHING);
    int judged;

    static final SchemaDemand.Part NOTHING =
        new SchemaDemand.Part(SchemaDemand.Depth.NONE, SchemaDemand.Naming.TOPIC);

    @Override
    public Judgement judge(String topic, SchemaDemand wanted, RecordBatch batch, boolean isFinal) {
      judged++;
      demand = wanted;
      List<RecordError> errors = new ArrayList<>();
      try (RecordCursor records = batch.records()) {
        for (int i = 0; records.next(); i++) {
          String value = String.valueOf(StandardCharsets.UTF_8.decode(records.value()));
          if (!known.contains(value)) {
            errors.add(new RecordError(i, "word is not known, word=" + value));
          }
        }
      }
      return errors.isEmpty()
          ? Judgement.FITS
          : isFinal ? new Judgement.Refused(errors) : Judgement.UNKNOWN;
    }

    @Override
    public void refresh(Runnable then) {
      refreshing.add(then);
    }
  }

  @Test
  void topicsThatWantNothingAreNotAskedAbout() {
    node.gate(gate);
    node.createTopic("t", 1);
    assertThat(answer(send("a")).errorCode()).isZero();
    assertThat(gate.judged).isZero();
  }

  @Test
  void whatFitsEntersAndWhatDoesNotIsNamed() {
    node.gate(gate);
    gate.known.addAll(List.of("a", "b"));
    node.createTopic(
        "t",
        1,
        "millrace.schema.value.validation",
        "id",
        "millrace.schema.value.subject",
        "record");
    assertThat(answer(send("a", "b")).errorCode()).isZero();
    assertThat(gate.demand.value())
        .isEqualTo(new SchemaDemand.Part(SchemaDemand.Depth.ID, SchemaDemand.Naming.RECORD));
    FakeReply reply = send("a", "x", "b", "y");
    assertThat(reply.frame()).isNull();
    gate.refreshing.removeFirst().run();
    PartitionProduceResponse refused = answer(reply);
    assertThat(refused.errorCode()).isEqualTo(ErrorCode.INVALID_RECORD.code());
    assertThat(refused.errorMessage()).contains("word=x");
    assertThat(refused.recordErrors()).hasSize(2);
    assertThat(refused.recordErrors().getFirst().batchIndex()).isEqualTo(1);
    assertThat(refused.recordErrors().getLast().batchIndexErrorMessage()).contains("word=y");
  }

  @Test
  void whatIsNotKnownYetWaitsUntilTheNewestIsThere() {
    node.gate(gate);
    node.createTopic("t", 1, "confluent.value.schema.validation", "true");
    FakeReply first = send("new");
    FakeReply second = send("new");
    gate.known.add("new");
    gate.refreshing.forEach(Runnable::run);
    assertThat(answer(first).baseOffset()).isZero();
    assertThat(answer(second).baseOffset()).isEqualTo(1);
  }

  private FakeReply send(String... values) {
    return node.client().send(node.produce("t", 0, -1, values), VERSION);
  }

  private PartitionProduceResponse answer(FakeReply reply) {
    ProduceResponse answer = node.await(ProduceResponse.class, reply, VERSION);
    return answer.responses().getFirst().partitionResponses().getFirst();
  }
}
