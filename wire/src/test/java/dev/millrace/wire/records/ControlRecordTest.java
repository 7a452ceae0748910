package dev.millrace.wire.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.WireException;
import dev.millrace.wire.message.KRaftVersionRecord;
import dev.millrace.wire.message.LeaderChangeMessage;
import dev.millrace.wire.message.SnapshotFooterRecord;
import dev.millrace.wire.message.SnapshotHeaderRecord;
import dev.millrace.wire.message.VotersRecord;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlRecordTest {
  private static final List<ControlRecord> ALL =
      List.of(
          new ControlRecord.EndTransaction(true, 7),
          new ControlRecord.EndTransaction(false, Integer.MAX_VALUE),
          new ControlRecord.LeaderChange(
              LeaderChangeMessage.builder()
                  .versionValue((short) 1)
                  .leaderId(3)
                  .voters(List.of(new LeaderChangeMessage.Voter(3, new Uuid(1, 2))))
                  .build()),
          new ControlRecord.SnapshotHeader(new SnapshotHeaderRecord((short) 0, 123L)),
          new ControlRecord.SnapshotFooter(new SnapshotFooterRecord((short) 0)),
          new ControlRecord.KraftVersion(new KRaftVersionRecord((short) 0, (short) 1)),
          new ControlRecord.KraftVoters(VotersRecord.DEFAULT));

  @Test
  void everyTypeReadsAsItWasWritten() {
    for (ControlRecord record : ALL) {
      ByteBuffer bytes =
          BatchBuilder.from(0).control().append(5, record.key(), record.value(), List.of()).build();
      assertThat(ControlRecord.of(RecordBatch.at(bytes))).isEqualTo(record);
    }
  }

  @Test
  void markerHasTheBytesOfKafka() {
    ControlRecord commit = new ControlRecord.EndTransaction(true, 7);
    assertThat(commit.key()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 0, 0, 1}));
    assertThat(commit.value()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 0, 7}));
  }

  @Test
  void unknownTypesAreNoError() {
    ByteBuffer key = ByteBuffer.wrap(new byte[] {0, 0, 0, 99});
    assertThat(ControlRecord.read(key, null)).isEqualTo(new ControlRecord.Unknown((short) 99));
  }

  @Test
  void cutRecordsAreRefused() {
    for (ControlRecord record : ALL) {
      ByteBuffer value = record.value();
      for (int cut = 0; cut < value.limit(); cut++) {
        ByteBuffer short_ = value.duplicate().limit(cut);
        assertThatThrownBy(() -> ControlRecord.read(record.key(), short_))
            .as("%s cut at %d", record, cut)
            .isInstanceOf(WireException.class);
      }
    }
    for (int cut = 0; cut < 4; cut++) {
      ByteBuffer key = ByteBuffer.allocate(cut);
      assertThatThrownBy(() -> ControlRecord.read(key, null)).isInstanceOf(WireException.class);
    }
    assertThatThrownBy(() -> ControlRecord.read(null, null)).isInstanceOf(WireException.class);
  }
}
