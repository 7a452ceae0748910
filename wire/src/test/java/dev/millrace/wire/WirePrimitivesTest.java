package dev.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class WirePrimitivesTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));

  private static ByteBuffer written(Consumer<WireWriter> write) {
    ByteBuffer out = ByteBuffer.allocate(100_000);
    write.accept(new WireWriter(out));
    return out.flip();
  }

  private static <T> T read(String hex, Function<WireReader, T> read) {
    return read.apply(new WireReader(ByteBuffer.wrap(HexFormat.of().parseHex(hex))));
  }

  private static void refused(String hex, Consumer<WireReader> read) {
    ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    assertThatThrownBy(() -> read.accept(new WireReader(in)))
        .as(hex)
        .isInstanceOf(WireException.class);
  }

  @Test
  void varintsOfEveryLengthReadAsWritten() {
    Random random = new Random(SEED);
    for (int round = 0; round < 2000; round++) {
      long value = random.nextLong() >> random.nextInt(64);
      int small = (int) value;
      ByteBuffer bytes =
          written(out -> {
            out.varlong(value);
            out.varint(small);
            out.unsignedVarint(small);
          });
      int sizes =
          Varint.sizeOfUnsigned(Varint.zigZag(value))
              + Varint.sizeOfUnsigned(Varint.zigZag(small))
              + Varint.sizeOfUnsigned(small);
      assertThat(bytes.remaining()).as("seed=%d value=%d", SEED, value).isEqualTo(sizes);
      WireReader in = new WireReader(bytes);
      assertThat(in.varlong()).as("seed=%d", SEED).isEqualTo(value);
      assertThat(in.varint()).as("seed=%d", SEED).isEqualTo(small);
      assertThat(in.unsignedVarint()).as("seed=%d", SEED).isEqualTo(small);
    }
  }

  @Test
  void varintSizesAtTheirBorders() {
    for (int bits = 0; bits < 64; bits++) {
      long value = 1L << bits;
      assertThat(Varint.sizeOfUnsigned(value)).isEqualTo(bits / 7 + 1);
      assertThat(Varint.sizeOfUnsigned(value - 1)).isEqualTo(Math.max(1, (bits + 6) / 7));
      if (bits < 32) {
        assertThat(Varint.sizeOfUnsigned((int) value)).isEqualTo(bits / 7 + 1);
      }
    }
    assertThat(Varint.sizeOfUnsigned(-1)).isEqualTo(Varint.INT_BYTES_MAX);
    assertThat(Varint.sizeOfUnsigned(-1L)).isEqualTo(Varint.LONG_BYTES_MAX);
  }

  @Test
  void varintEdges() {
    assertThat(read("ffffffff0f", WireReader::unsignedVarint)).isEqualTo(-1);
    assertThat(read("8000", WireReader::unsignedVarint)).isZero();
    assertThat(read("ffffffffffffffffff01", WireReader::varlong)).isEqualTo(Long.MIN_VALUE);
    refused("ffffffff1f", WireReader::unsignedVarint);
    refused("ffffffffff", WireReader::unsignedVarint);
    refused("ffffffff8f00", WireReader::unsignedVarint);
    refused("ffffffffffffffffff02", WireReader::varlong);
    refused("ffffffffffffffffffff00", WireReader::varlong);
    refused("", WireReader::unsignedVarint);
    refused("80", WireReader::unsignedVarint);
    refused("ff", WireReader::varlong);
  }

  @Test
  void stringsOfEveryKindReadAsWritten() {
    for (String text : new String[] {"", "a", "ä", "漢字", "😀", "x".repeat(32767)}) {
      ByteBuffer bytes =
          written(out -> {
            out.string(text);
            out.stringCompact(text);
          });
      assertThat(bytes.remaining())
          .isEqualTo(WireWriter.sizeOfString(text) + WireWriter.sizeOfStringCompact(text));
      WireReader in = new WireReader(bytes);
      assertThat(in.string()).isEqualTo(text);
      assertThat(in.stringCompact()).isEqualTo(text);
    }
  }

  /** They have no bytes in UTF-8; they must not shift what comes after them either. */
  @Test
  void loneSurrogatesBecomeQuestionMarks() {
    for (String text : new String[] {"\ud83f", "a\ud83f", "\udc00b", "ä\ud800", "\ud800\ud800"}) {
      ByteBuffer bytes = written(out -> out.string(text));
      assertThat(bytes.remaining()).isEqualTo(WireWriter.sizeOfString(text));
      String expected = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      assertThat(new WireReader(bytes).string()).isEqualTo(expected);
    }
  }

  @Test
  void tooLongStringsAreRefusedOnBothSides() {
    String text = "x".repeat(32768);
    assertThatThrownBy(() -> WireWriter.sizeOfString(text)).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> written(out -> out.stringCompact(text)))
        .isInstanceOf(WireException.class);
    byte[] bytes = new byte[40_000];
    ByteBuffer in = ByteBuffer.wrap(bytes);
    new WireWriter(in).unsignedVarint(32769);
    assertThatThrownBy(() -> new WireReader(in.rewind()).stringCompact())
        .isInstanceOf(WireException.class);
  }

  @Test
  void hostileLengthsAreRefused() {
    refused("fffe", WireReader::string);
    refused("7fff", WireReader::string);
    refused("fffffffe", WireReader::bytes);
    refused("7fffffff", WireReader::bytes);
    refused("7fffffff", WireReader::records);
    refused("ffffffff0f", WireReader::bytesCompact);
    refused("ffffffff0f", WireReader::recordsCompact);
    refused("ffffffff07", WireReader::stringCompact);
    refused("7fffffff", in -> in.count(1));
    refused("fffffffe", in -> in.count(1));
    refused("ffffffff0f", in -> in.countCompact(1));
    refused("8080808008", in -> in.countCompact(1));
    refused("000000020000", in -> in.count(2));
    assertThat(read("ffff", WireReader::string)).isNull();
    assertThat(read("ffffffff", WireReader::bytes)).isNull();
    assertThat(read("00", WireReader::recordsCompact)).isNull();
    int nullCount = read("00", in -> in.countCompact(1));
    assertThat(nullCount).isEqualTo(WireReader.NULL);
  }

  @Test
  void elementsOfOneMessageAreLimited() {
    ByteBuffer in = ByteBuffer.allocate(WireReader.ELEMENTS_MAX + 100);
    in.putInt(0, WireReader.ELEMENTS_MAX);
    WireReader reader = new WireReader(in);
    assertThat(reader.count(1)).isEqualTo(WireReader.ELEMENTS_MAX);
    in.putInt(4, 1);
    assertThatThrownBy(() -> reader.count(1)).isInstanceOf(WireException.class);
  }

  @Test
  void taggedSectionsAreHeldAgainstTheirSizes() {
    refused("ffffffff0f", WireReader::skipTagged);
    refused("8080808008", WireReader::skipTagged);
    refused("0105", WireReader::skipTagged);
    refused("01ff", WireReader::skipTagged);
    refused("0105ffffffff0f", WireReader::skipTagged);
    refused("010502aa", WireReader::skipTagged);
  }

  @Test
  void unsignedNumbersMustFit() {
    assertThatThrownBy(() -> written(out -> out.uint16(65536))).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> written(out -> out.uint16(-1))).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> written(out -> out.uint32(1L << 32)))
        .isInstanceOf(WireException.class);
    assertThat(new WireReader(written(out -> out.uint16(65535))).uint16()).isEqualTo(65535);
    assertThat(new WireReader(written(out -> out.uint32(0xffffffffL))).uint32())
        .isEqualTo(0xffffffffL);
  }
}
