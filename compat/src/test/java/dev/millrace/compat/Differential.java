package dev.millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.Message;
import dev.millrace.wire.random.MessageKind;
import dev.millrace.wire.random.RandomMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/** Holds one generated message of ours against Kafka's class for it. */
record Differential(MessageKind ours, Foreign theirs) {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 8);

  /** Where a field is rarely there, more rounds are made until it was. */
  private static final int ROUNDS_MAX = 1000;

  /** Same versions, and in each of them the same bytes from both sides, with every field used. */
  void compare() {
    List<Short> versions = ours.versions();
    assertThat(versions.getFirst()).isEqualTo(theirs.lowestVersion());
    assertThat(versions.getLast()).isEqualTo(theirs.highestVersion());
    Random random = new Random(SEED);
    SeenFields seen = new SeenFields();
    for (int round = 0; round < ROUNDS || !seen.hasAll(ours.type()); round++) {
      for (short version : versions) {
        String at = ours + " version=" + version + " round=" + round + " seed=" + SEED;
        try {
          compareOurs(version, random);
          seen.add(compareTheirs(version, random));
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(at, e);
        }
      }
      assertThat(round)
          .as("fields never seen %s", seen.missing(ours.type()))
          .isLessThan(ROUNDS_MAX);
    }
  }

  private void compareOurs(short version, Random random) {
    byte[] bytes = MessageKind.bytes(RandomMessage.of(ours, version, random), version);
    assertThat(theirs.reread(bytes, version)).isEqualTo(bytes);
  }

  private Message compareTheirs(short version, Random random) {
    byte[] bytes = theirs.random(version, random);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Message read = ours.read(in, version);
    assertThat(in.remaining()).isZero();
    assertThat(MessageKind.bytes(read, version)).isEqualTo(bytes);
    return read;
  }

  @Override
  public String toString() {
    return ours.name();
  }
}
