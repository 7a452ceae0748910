package dev.millrace.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.Message;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.random.AllocatedBytes;
import dev.millrace.wire.random.MessageKind;
import dev.millrace.wire.random.RandomMessage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for each message in each version. */
class EveryMessageTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 4);

  /**
   * A message of some thousand bytes, whatever it says, never takes more than this. The messages of
   * the first exceptions alone take some megabytes of the JDK's own.
   */
  private static final long BYTES_TAKEN_MAX = 16 << 20;

  @FunctionalInterface
  private interface Trial {
    void run(Message message, byte[] bytes, short version, String at);
  }

  private static Iterable<MessageKind> kinds() {
    return MessageKind.protocol();
  }

  private static void forRandom(MessageKind kind, int rounds, Trial trial) {
    Random random = new Random(SEED);
    for (short version : kind.versions()) {
      for (int round = 0; round < rounds; round++) {
        Message message = RandomMessage.of(kind, version, random);
        String at = kind + " version=" + version + " round=" + round + " seed=" + SEED;
        trial.run(message, MessageKind.bytes(message, version), version, at);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsWhatItWrote(MessageKind kind) {
    forRandom(
        kind,
        ROUNDS,
        (_, bytes, version, at) -> {
          ByteBuffer in = ByteBuffer.wrap(bytes);
          Message read = kind.read(in, version);
          assertThat(in.remaining()).as(at).isZero();
          assertThat(MessageKind.bytes(read, version)).as(at).isEqualTo(bytes);
          Message again = kind.read(ByteBuffer.wrap(bytes), version);
          assertThat(again).as(at).isEqualTo(read).hasSameHashCodeAs(read);
          ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
          assertThat(kind.read(direct, version)).as(at).isEqualTo(read);
        });
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyPrefixIsRefused(MessageKind kind) {
    forRandom(
        kind,
        1,
        (_, bytes, version, at) -> {
          for (int length = 0; length < bytes.length; length++) {
            if (isRead(kind, Arrays.copyOf(bytes, length), version, at)) {
              throw new AssertionError(at + " length=" + length + " of " + bytes.length);
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void hostileNumbersTakeNoMemory(MessageKind kind) {
    Random random = new Random(SEED);
    byte[][] hostile = {
      {127, -1, -1, -1},
      {-128, 0, 0, 0},
      {-1, -1, -1, -1},
      {-1, -1, -1, -1, 7},
      {-1, -1, -1, -1, 15}
    };
    forRandom(
        kind,
        1,
        (_, bytes, version, at) -> {
          for (int i = 0; i < bytes.length; i++) {
            byte[] number = hostile[random.nextInt(hostile.length)];
            byte[] damaged = bytes.clone();
            int count = Math.min(number.length, bytes.length - i);
            System.arraycopy(number, 0, damaged, i, count);
            isRead(kind, damaged, version, at);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void noiseEndsInOneException(MessageKind kind) {
    Random random = new Random(SEED);
    forRandom(
        kind,
        ROUNDS,
        (_, bytes, version, at) -> {
          for (int i = random.nextInt(5); i >= 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
          }
          isRead(kind, bytes, version, at);
        });
  }

  /** Whether it could be read; anything but a message or the one exception is a failure. */
  private static boolean isRead(MessageKind kind, byte[] bytes, short version, String at) {
    long before = AllocatedBytes.soFar();
    boolean isRead = true;
    try {
      kind.read(ByteBuffer.wrap(bytes), version);
    } catch (WireException expected) {
      isRead = false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(at, e);
    }
    long taken = AllocatedBytes.soFar() - before;
    if (taken > BYTES_TAKEN_MAX) {
      throw new AssertionError(at + " taken=" + taken);
    }
    return isRead;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void buildersStartWithTheMessage(MessageKind kind) throws ReflectiveOperationException {
    for (short version : kind.versions()) {
      Message message = RandomMessage.of(kind, version, new Random(SEED));
      Object builder = kind.type().getMethod("toBuilder").invoke(message);
      Object copy = builder.getClass().getMethod("build").invoke(builder);
      assertThat(copy).as("%s seed=%d", kind, SEED).isEqualTo(message);
    }
  }

  @Test
  void unknownTaggedFieldsAreSkipped() {
    // ApiVersions v3: two compact strings, then tagged fields 5 and 100000
    byte[] bytes = {2, 'a', 2, 'b', 2, 5, 3, 1, 2, 3, -96, -115, 6, 0};
    ByteBuffer in = ByteBuffer.wrap(bytes);
    assertThat(ApiVersionsRequest.read(new WireReader(in), (short) 3))
        .isEqualTo(
            ApiVersionsRequest.builder()
                .clientSoftwareName("a")
                .clientSoftwareVersion("b")
                .build());
    assertThat(in.remaining()).isZero();
  }
}
