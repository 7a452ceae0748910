package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static dev.millrace.coordinator.group.GroupWorld.NEWEST;
import static dev.millrace.coordinator.group.GroupWorld.SESSION_MS;
import static dev.millrace.coordinator.group.GroupWorld.committing;
import static dev.millrace.coordinator.group.GroupWorld.joining;
import static dev.millrace.coordinator.group.GroupWorld.who;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.CoordinatorLog.Entry;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.wire.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The bytes on {@code __consumer_offsets}, and what a new coordinator makes of them. */
class GroupRecordsTest {
  private final GroupWorld world = new GroupWorld();

  private KeyValue record(int index) {
    return ((Entry.Stored) world.log().entries().get(index)).record();
  }

  private static Bytes hex(String text) {
    return Bytes.copyOf(HexFormat.of().parseHex(text.replaceAll("[ \n]", "")));
  }

  private static String text(String ascii) {
    return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anOffsetIsOfKind1AndVersion4() {
    world.commit("", -1, "topic", 2, 258);
    assertThat(record(0).key())
        .isEqualTo(hex("0001 0005" + text(GROUP) + "0005" + text("topic") + "00000002"));
    String timeMs = HexFormat.of().toHexDigits(committedMs(record(0)));
    assertThat(record(0).value())
        .isEqualTo(hex("0004 0000000000000102 00000003 05" + text("m258") + timeMs + "00"));
  }

  @Test
  void anOffsetThatExpiresIsOfVersion1() {
    world.send(committing("", -1, "topic", 2, 258).retentionTimeMs(1_000));
    long timeMs = committedMs(record(0));
    assertThat(record(0).value())
        .isEqualTo(
            hex(
                "0001 0000000000000102 0004"
                    + text("m258")
                    + HexFormat.of().toHexDigits(timeMs)
                    + HexFormat.of().toHexDigits(timeMs + 1_000)));
  }

  private long committedMs(KeyValue offset) {
    var key = GroupRecords.readKey(offset.key());
    if (key == null || offset.value() == null) {
      throw new AssertionError("no offset, record=" + offset);
    }
    var value = GroupRecords.readValue(key, offset.value());
    return ((OffsetCommitValue) Objects.requireNonNull(value)).commitTimestamp();
  }

  @Test
  void aGroupIsOfKind2AndVersion3() {
    String id = world.stableMember();
    assertThat(world.log().entries()).hasSize(1);
    assertThat(record(0).key()).isEqualTo(hex("0002 0005" + text(GROUP)));
    Bytes value = record(0).value();
    assertThat(value).isNotNull();
    byte[] bytes = value == null ? new byte[0] : value.toArray();
    String subscription = HexFormat.of().formatHex(GroupWorld.subscription("topic").toArray());
    String begin = "0003 0008" + text("consumer") + "00000001 0005" + text("range");
    String leader = "0029".replace("0029", length(id)) + text(id);
    String member =
        length(id) + text(id) + "ffff 0006" + text("client") + "000a" + text("/127.0.0.1");
    String expected =
        begin
            + leader
            + "TIME"
            + "00000001"
            + member
            + "0000ea60 00002710"
            + HexFormat.of().toHexDigits(subscription.length() / 2)
            + subscription
            + "00000003"
            + text("all");
    int timeAt = hex(begin + leader).size();
    String time = HexFormat.of().formatHex(bytes, timeAt, timeAt + 8);
    assertThat(value).isEqualTo(hex(expected.replace("TIME", time)));
  }

  private static String length(String ascii) {
    return HexFormat.of().toHexDigits((short) ascii.length());
  }

  @Test
  void whatIsDeletedHasNoValue() {
    world.commit("", -1, "topic", 2, 258);
    world.delete();
    assertThat(record(1)).isEqualTo(new KeyValue(record(0).key(), null));
    assertThat(record(2)).isEqualTo(new KeyValue(hex("0002 0005" + text(GROUP)), null));
  }

  @Test
  void oldOffsetsAreRead() {
    // kind 0, version 0 as Kafka 0.9 wrote it, and kind 1 in versions 0, 2 and 3
    put("0000 0005" + text(GROUP) + "0001" + text("t") + "00000000", "0000", "");
    put("0001 0005" + text(GROUP) + "0001" + text("t") + "00000001", "0000", "");
    put("0001 0005" + text(GROUP) + "0001" + text("t") + "00000002", "0002", "");
    put("0001 0005" + text(GROUP) + "0001" + text("t") + "00000003", "0003", "00000005");
    world.failOver();
    for (int partition = 0; partition < 4; partition++) {
      assertThat(world.offset("t", partition)).isEqualTo(258);
    }
    assertThat(
            world
                .fetch(false, "t", 3)
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .committedLeaderEpoch())
        .isEqualTo(5);
  }

  private void put(String key, String version, String epoch) {
    String value = version + "0000000000000102" + epoch + "0001" + text("m") + "0000000000000001";
    world.log().put(-1, new KeyValue(hex(key), hex(value)));
  }

  @Test
  void unknownKindsAreLeftAlone() {
    world.log().put(-1, new KeyValue(hex("0063 0001"), hex("0000 01")));
    world.log().put(-1, new KeyValue(hex("0040 0005" + text(GROUP)), hex("0000 00000001 00")));
    // also in versions to come
    world.log().put(-1, new KeyValue(hex("0040 0005" + text(GROUP)), hex("0009 ff")));
    world.commit("", -1, "topic", 0, 1);
    world.failOver();
    assertThat(world.offset("topic", 0)).isEqualTo(1);
    assertThat(world.log().entries()).hasSize(4);
  }

  @Test
  void aVersionThatIsNotKnownStopsTheLoading() {
    world.log().put(-1, new KeyValue(hex("0002 0001" + text("g")), hex("0009 00")));
    world.failOver();
    assertThat(world.describe().errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
  }

  @Test
  void aStableGroupGoesOnAtANewCoordinator() {
    List<String> pair = world.stablePair();
    world.commit(pair.get(0), 1, "topic", 0, 5);
    world.failOver();
    assertThat(world.state()).isEqualTo("Stable");
    assertThat(world.describe().members()).hasSize(2);
    assertThat(world.heartbeat(pair.get(0), 1)).isEqualTo(ErrorCode.NONE);
    assertThat(world.heartbeat(pair.get(1), 1)).isEqualTo(ErrorCode.NONE);
    assertThat(world.sync(pair.get(1), 1).get().assignment()).isEqualTo(Bytes.utf8("two"));
    assertThat(world.commit(pair.get(1), 1, "topic", 0, 6)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void membersOfALoadedGroupExpireToo() {
    List<String> pair = world.stablePair();
    world.failOver();
    world.passMs(SESSION_MS - 1_000);
    world.heartbeat(pair.get(0), 1);
    world.passMs(2_000);
    assertThat(world.heartbeat(pair.get(0), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(world.heartbeat(pair.get(1), 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void anUnfinishedGenerationIsForgotten() {
    List<String> pair = world.stablePair();
    var leader = world.join(joining(pair.get(0), "range"));
    world.join(joining(pair.get(1), "range"));
    assertThat(leader.get().generationId()).isEqualTo(2);
    world.failOver();
    assertThat(world.state()).isEqualTo("Stable");
    assertThat(world.heartbeat(pair.get(0), 2)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(world.heartbeat(pair.get(0), 1)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void requestsThatWaitAreSentToTheNewCoordinator() {
    List<String> pair = world.stablePair();
    var joining = world.join(joining(pair.get(0), "range"));
    world.failOver();
    assertThat(joining.get().errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
  }

  @Test
  void aLoadedGroupThatIsTooLargeIsShrunk() {
    GroupWorld small = new GroupWorld(1, JoinTest.withSizeMax(1));
    world.stablePair();
    world.log().entries().forEach(entry -> small.log().put(-1, ((Entry.Stored) entry).record()));
    small.failOver();
    assertThat(small.state()).isEqualTo("PreparingRebalance");
  }

  @Test
  void namesAreKnownAfterLoading() {
    var joined = world.join(joining("", "range").groupInstanceId("name"), NEWEST);
    world.passMs(3_100);
    String id = joined.get().memberId();
    world.sync(id, 1, id, "all");
    world.failOver();
    assertThat(world.heartbeat("other", 1, "name")).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(world.leave(who("", "name")).members().getFirst().errorCode()).isZero();
    assertThat(world.state()).isEqualTo("Empty");
  }
}
