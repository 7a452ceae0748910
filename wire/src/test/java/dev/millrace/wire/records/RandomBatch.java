package dev.millrace.wire.records;

import dev.millrace.wire.compress.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A batch with records of every shape, from a seed. */
record RandomBatch(ByteBuffer bytes, List<Plain> records) {
  /** What a record should read as. */
  record Plain(
      long timestampMs,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers) {}

  static RandomBatch of(Random random, Codec codec, int count) {
    BatchBuilder builder = BatchBuilder.from(0).compressed(codec);
    List<Plain> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<RecordHeader> headers = new ArrayList<>();
      for (int h = random.nextInt(4) - 1; h > 0; h--) {
        headers.add(new RecordHeader("h" + random.nextInt() + "ä€😀", bytes(random, 40)));
      }
      Plain plain =
          new Plain(
              1_700_000_000_000L + random.nextInt(1000) - 500,
              bytes(random, 30),
              bytes(random, random.nextInt(10) == 0 ? 50_000 : 200),
              List.copyOf(headers));
      records.add(plain);
      builder.append(plain.timestampMs(), plain.key(), plain.value(), plain.headers());
    }
    return new RandomBatch(builder.build(), records);
  }

  private static @Nullable ByteBuffer bytes(Random random, int lengthMax) {
    if (random.nextInt(6) == 0) {
      return null;
    }
    byte[] bytes = new byte[random.nextInt(lengthMax)];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }
}
