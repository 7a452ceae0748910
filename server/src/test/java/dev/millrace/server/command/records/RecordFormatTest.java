package dev.millrace.server.command.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ReceivedRecord;
import dev.millrace.client.ReceivedRecord.Header;
import dev.millrace.client.TopicPartition;
import dev.millrace.server.command.terminal.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFormatTest {
  private static final ReceivedRecord RECORD =
      new ReceivedRecord(
          new TopicPartition("t", 3),
          42,
          1000,
          Bytes.utf8("k"),
          Bytes.utf8("v"),
          List.of(new Header("a", Bytes.utf8("1")), new Header("b", null)));

  @Test
  void printsEveryField() throws IOException {
    assertThat(printed("%t-%p@%o %k=%v %T %h %%\\t\\\\|\\n", RECORD))
        .isEqualTo("t-3@42 k=v 1000 a=1,b= %\t\\|\n");
    assertThat(printed("%s|%S|%v", RECORD)).isEqualTo("orders-value:2||v");
  }

  @Test
  void nullIsNothing() throws IOException {
    ReceivedRecord empty =
        new ReceivedRecord(new TopicPartition("t", 0), 0, 0, null, null, List.of());
    assertThat(printed("[%k][%v][%h]", empty)).isEqualTo("[][][]");
  }

  @Test
  void bytesArePrintedAsTheyAre() throws IOException {
    byte[] bytes = {(byte) 0xff, 0, (byte) 0xc3};
    ReceivedRecord binary =
        new ReceivedRecord(new TopicPartition("t", 0), 0, 0, null, Bytes.copyOf(bytes), List.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RecordFormat.parse("%v").print(binary, "", "", out);
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%x", "\\q", "abc%", "abc\\"})
  void refusesWhatMeansNothing(String format) {
    assertThatThrownBy(() -> RecordFormat.parse(format)).isInstanceOf(UserException.class);
  }

  private static String printed(String format, ReceivedRecord found) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RecordFormat.parse(format).print(found, "", "orders-value:2", out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
