package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.broker.fake.Frames;
import dev.millrace.broker.fake.RandomMessages;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.wire.Request;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.Messages;
import dev.millrace.wire.message.ProduceRequest;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What clients may send to each API: anything. A well-formed request is answered; every other one
 * is answered or closes its connection; other connections go on; no handler fails.
 *
 * <p>{@code -Dmillrace.fuzz.rounds=N} (default 15) and {@code -Dmillrace.seed=N}.
 */
@Tag("fuzz")
class HostileRequestsTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 15);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final List<String> NAMES =
      List.of(
          "orders",
          "pay.ments",
          "new-topic",
          "1",
          "2",
          "retention.ms",
          "cleanup.policy",
          "compact",
          "-1",
          "metadata.version",
          "__consumer_offsets",
          "__cluster_metadata",
          "root",
          "INFO");

  /** A request may ask to be answered after the longest time that 32 bits can say. */
  private static final long LIMIT_MS = 1L << 32;

  private final TestNode node = new TestNode(new SimOwners(SEED), Map.of());
  private final RandomGenerator random = node.owners().random("hostile");
  private final RandomMessages messages = new RandomMessages(random, NAMES);

  static Stream<Handler<?>> handlers() {
    return new TestNode().handlers().all().stream();
  }

  HostileRequestsTest() {
    node.decide(
        new CreateTopics(
            List.of(
                new NewTopic("orders", 3, 1, Map.of(), Map.of("retention.ms", "1000")),
                NewTopic.of("pay.ments")),
            false));
  }

  @ParameterizedTest
  @MethodSource("handlers")
  void wellFormedRequestsAreAnswered(Handler<?> handler) {
    for (short v = handler.lowestVersion(); v <= handler.highestVersion(); v++) {
      for (int round = 0; round < ROUNDS; round++) {
        Request request = messages.request(handler.key(), v);
        Client client = node.newClient("PLAINTEXT");
        FakeReply reply = client.send(request, v);
        settle(client, reply);
        if (request instanceof ProduceRequest produce && produce.acks() == 0) {
          continue; // has no answer, and an error closes its connection
        }
        String story = "seed=" + SEED + " version=" + v + " request=" + request;
        assertThat(client.connection().closedFor()).as(story).isNull();
        WireReader in = new WireReader(reply.frame());
        in.skip(handler.key().responseHeaderVersion(v) == 0 ? 4 : 5);
        Messages.readResponse(handler.key(), in, v);
        assertThat(in.remaining()).as(story).isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("handlers")
  void everyTruncationIsRefused(Handler<?> handler) {
    for (short v = handler.lowestVersion(); v <= handler.highestVersion(); v++) {
      ByteBuffer whole = Frames.of(messages.request(handler.key(), v), v);
      for (int cut = 0; cut < whole.limit(); cut++) {
        Client client = node.newClient("PLAINTEXT");
        FakeReply reply = client.send(whole.duplicate().limit(cut).slice());
        assertThat(reply.frame()).isNull();
        assertThat(client.connection().closedFor())
            .as("seed=%d version=%d cut=%d", SEED, v, cut)
            .startsWith("request cannot be read");
      }
    }
    assertOthersGoOn();
  }

  @ParameterizedTest
  @MethodSource("handlers")
  void changedBytesDoNoHarm(Handler<?> handler) {
    for (short v = handler.lowestVersion(); v <= handler.highestVersion(); v++) {
      for (int round = 0; round < ROUNDS; round++) {
        byte[] frame = bytes(Frames.of(messages.request(handler.key(), v), v));
        for (int change = random.nextInt(1, 4); change > 0; change--) {
          change(frame);
        }
        assertHarmless(frame);
      }
    }
    assertOthersGoOn();
  }

  @ParameterizedTest
  @MethodSource("handlers")
  void largestCountsEverywhereDoNoHarm(Handler<?> handler) {
    for (short v = handler.lowestVersion(); v <= handler.highestVersion(); v++) {
      byte[] whole = bytes(Frames.of(messages.request(handler.key(), v), v));
      for (int at = 8; at < Math.min(whole.length, 300); at++) {
        byte[] frame = whole.clone();
        for (int i = at; i < Math.min(at + 4, frame.length); i++) {
          frame[i] = (byte) (i == at ? 0x7f : 0xff);
        }
        assertHarmless(frame);
      }
    }
    assertOthersGoOn();
  }

  @ParameterizedTest
  @MethodSource("handlers")
  void randomBodiesDoNoHarm(Handler<?> handler) {
    for (short v = handler.lowestVersion(); v <= handler.highestVersion(); v++) {
      for (int round = 0; round < ROUNDS; round++) {
        byte[] body = new byte[random.nextInt(200)];
        random.nextBytes(body);
        assertHarmless(bytes(Frames.of(handler.key().id(), v, body)));
      }
    }
    assertOthersGoOn();
  }

  private void change(byte[] frame) {
    int at = random.nextInt(8, frame.length);
    switch (random.nextInt(4)) {
      case 0 -> frame[at] = (byte) random.nextInt();
      case 1 -> frame[at] = (byte) 0xff;
      case 2 -> frame[at] = 0;
      default -> frame[at] ^= (byte) (1 << random.nextInt(8));
    }
  }

  private void assertHarmless(byte[] frame) {
    Client client = node.newClient("PLAINTEXT");
    FakeReply reply = client.send(ByteBuffer.wrap(frame));
    settle(client, reply);
    String story = "seed=" + SEED + " frame=" + HexFormat.of().formatHex(frame);
    if (reply.frame() == null && !reply.skipped()) {
      assertThat(client.connection().closedFor()).as(story).isNotEmpty();
    } else {
      assertThat(client.connection().closedFor()).as(story).isNull();
    }
  }

  private void settle(Client client, FakeReply reply) {
    node.owners()
        .runUntil(
            () -> reply.frame() != null || reply.skipped() || !client.connection().isOpen(),
            LIMIT_MS);
  }

  private void assertOthersGoOn() {
    ApiVersionsResponse answer =
        node.call(ApiVersionsResponse.class, ApiVersionsRequest.DEFAULT, 0);
    assertThat(answer.apiKeys()).isNotEmpty();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
