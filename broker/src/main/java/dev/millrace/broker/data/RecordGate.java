package dev.millrace.broker.data;

import dev.millrace.replica.SchemaDemand;
import dev.millrace.wire.records.BatchVerdict.RecordError;
import dev.millrace.wire.records.RecordBatch;
import java.util.List;

/**
 * Says whether records are what the schema registry knows, for topics that want that. Asked on the
 * loops of connections: never blocks.
 */
public interface RecordGate {
  /** Where there is no registry: nothing is let in that needs one. */
  RecordGate NONE =
      new RecordGate() {
        @Override
        public Judgement judge(
            String topic, SchemaDemand demand, RecordBatch batch, boolean isFinal) {
          return new Judgement.Refused(
              List.of(new RecordError(0, "this node has no schema registry to ask")));
        }

        @Override
        public void refresh(Runnable then) {
          then.run();
        }
      };

  /** What is to be done with a batch. */
  sealed interface Judgement {
    /** It may enter. */
    record Fits() implements Judgement {}

    /** It must not. */
    record Refused(List<RecordError> records) implements Judgement {}

    /** Not known here yet: {@link RecordGate#refresh} tells. */
    record Unknown() implements Judgement {}

    Judgement FITS = new Fits();
    Judgement UNKNOWN = new Unknown();
  }

  /**
   * Judges a batch that is whole and whose records lie as its header says.
   *
   * @param isFinal whether {@link #refresh} was called since the batch came: then the answer is not
   *     {@link Judgement.Unknown}
   */
  Judgement judge(String topic, SchemaDemand demand, RecordBatch batch, boolean isFinal);

  /** Learns what was registered before this call, then runs; any thread. */
  void refresh(Runnable then);
}
