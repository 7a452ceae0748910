package dev.millrace.registry.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.registry.change.Change;
import dev.millrace.registry.change.Draft;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.change.Registration;
import dev.millrace.registry.change.SubjectDeletion;
import dev.millrace.registry.change.VersionDeletion;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.RecordFormat;
import dev.millrace.registry.record.SchemaRecord;
import dev.millrace.registry.schema.SchemaType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Several nodes that write at once, with answers that are lost, requests that come late and twice,
 * leaders that lose what was not committed, nodes that forget everything and numbers that begin
 * anew, from a seed.
 */
@Tag("fuzz")
class AgreementFuzzTest {
  private static final int NODES = 3;
  private static final int STEPS = 400;
  private static final Parsing PARSING = new Parsing();

  @Test
  void idsAndSchemasStayOneToOne() {
    long first = Long.getLong("millrace.seed", 1);
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 60);
    for (long seed = first; seed < first + rounds; seed++) {
      new World(seed, true).run();
    }
  }

  /** With a number of what was read after the decision the same world must go wrong. */
  @Test
  void numbersOfAnotherStateAreFoundOut() {
    int wrong = 0;
    for (long seed = 1; seed <= 20; seed++) {
      try {
        new World(seed, false).run();
      } catch (AssertionError e) {
        wrong++;
      }
    }
    assertThat(wrong).isGreaterThan(0);
  }

  private static final class Node {
    Replay replay = Replay.START;
    final List<Change<?>> waiting = new ArrayList<>();
    @Nullable Proposal proposal;
  }

  /** Everything, driven by one random number generator. */
  private static final class World {
    final long seed;
    final Random random;
    final MemoryTopic leader = new MemoryTopic();
    final boolean isHonest;
    final List<Node> nodes = new ArrayList<>();
    final List<ByteBuffer> onTheWay = new ArrayList<>();
    final List<Version> acknowledged = new ArrayList<>();
    int committed;

    World(long seed, boolean isHonest) {
      this.seed = seed;
      this.random = new Random(seed);
      this.isHonest = isHonest;
      leader.create();
      for (int i = 0; i < NODES; i++) {
        nodes.add(new Node());
      }
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step(nodes.get(random.nextInt(NODES)));
        checkAcknowledged();
      }
      checkHistory();
    }

    private void step(Node node) {
      int dice = random.nextInt(100);
      if (dice < 20) {
        node.waiting.add(change());
      } else if (dice < 40) {
        propose(node, false);
      } else if (dice < 60) {
        deliver();
      } else if (dice < 72) {
        committed += random.nextInt(leader.log().size() - committed + 1);
      } else if (dice < 93) {
        read(node);
      } else if (dice < 95) {
        leader.cut(committed);
      } else if (dice < 97) {
        crash(node);
      } else if (dice < 98) {
        propose(node, true);
      } else {
        leader.forgetProducer();
      }
    }

    private Change<?> change() {
      SubjectName subject = SubjectName.parse("s" + random.nextInt(3));
      int what = random.nextInt(10);
      if (what == 0) {
        return new VersionDeletion(subject, 1 + random.nextInt(3), random.nextBoolean());
      }
      if (what == 1) {
        return new SubjectDeletion(subject, random.nextBoolean());
      }
      String text = "{\"type\":\"fixed\",\"name\":\"F\",\"size\":" + (1 + random.nextInt(12)) + "}";
      Draft draft = new Draft(SchemaType.AVRO, text, List.of(), null, null, Draft.ANY, Draft.NEXT);
      return new Registration(
          PARSING, SubjectName.parse(subject.text() + what), draft, false, false);
    }

    private void propose(Node node, boolean renews) {
      if (node.proposal != null) {
        if (random.nextInt(3) == 0) {
          onTheWay.add(node.proposal.batch());
        }
        return; // the first one may be lost
      }
      Proposal proposal =
          renews
              ? Proposal.renewal(node.replay, 1 + random.nextInt(2), 0)
              : Proposal.of(node.replay, node.waiting, 0);
      if (proposal.records().isEmpty()) {
        node.waiting.clear();
        return;
      }
      node.proposal = isHonest ? proposal : later(proposal);
      onTheWay.add(node.proposal.batch());
    }

    /** What was decided, under the number of what is the newest now. */
    private Proposal later(Proposal decided) {
      Replay newest = Replay.START;
      for (LogBatch batch : leader.log()) {
        newest = newest.after(batch, left -> {});
      }
      return new Proposal(decided.from(), newest.chain(), decided.records(), decided.outcomes(), 0);
    }

    private void deliver() {
      if (onTheWay.isEmpty()) {
        return;
      }
      int at = random.nextInt(onTheWay.size());
      ByteBuffer batch = random.nextInt(4) == 0 ? onTheWay.get(at) : onTheWay.remove(at);
      leader.send(batch.duplicate());
    }

    private void crash(Node node) {
      node.replay = Replay.START;
      node.waiting.clear();
      node.proposal = null;
    }

    /** The same judgement as the ledger's. */
    private void read(Node node) {
      List<LogBatch> log = leader.log();
      for (LogBatch batch : log.subList(0, committed)) {
        if (batch.nextOffset() <= node.replay.nextOffset()) {
          continue;
        }
        Proposal proposal = node.proposal;
        boolean counts = node.replay.chain().admits(batch);
        node.replay = node.replay.after(batch, left -> {});
        if (proposal == null) {
          continue;
        }
        if (counts && batch.isAt(proposal.chain())) {
          if (batch.holds(proposal.records())) {
            acknowledge(node, proposal);
          }
          node.proposal = null;
        } else if (isHonest && !node.replay.chain().equals(proposal.from().chain())) {
          node.proposal = null;
        }
        if (random.nextInt(3) == 0) {
          return;
        }
      }
    }

    private void acknowledge(Node node, Proposal proposal) {
      for (Proposal.Outcome outcome : proposal.outcomes()) {
        node.waiting.removeFirst();
        if (outcome.reply() instanceof Version version) {
          acknowledged.add(version);
        }
      }
    }

    private void checkAcknowledged() {
      Map<Integer, UUID> byId = new HashMap<>();
      for (Version version : acknowledged) {
        UUID guid = version.definition().guid();
        UUID before = byId.putIfAbsent(version.id(), guid);
        assertThat(before == null || before.equals(guid))
            .as("seed=%d id=%d has two schemas", seed, version.id())
            .isTrue();
      }
    }

    private void checkHistory() {
      Map<Integer, UUID> byId = new HashMap<>();
      Image image = Image.EMPTY;
      int maxId = 0;
      List<Version> written = new ArrayList<>();
      Chain chain = Chain.START;
      for (LogBatch batch : leader.log().subList(0, committed)) {
        boolean counts = chain.admits(batch);
        chain = counts ? chain.after(batch) : chain;
        for (LogBatch.LogRecord one : counts ? batch.records() : List.<LogBatch.LogRecord>of()) {
          SchemaRecord record = RecordFormat.read(one.content().key(), one.content().value(), 0);
          if (record instanceof SchemaRecord.SchemaSet set) {
            Version version = set.version();
            written.add(version);
            UUID before = byId.putIfAbsent(version.id(), version.definition().guid());
            assertThat(before == null || before.equals(version.definition().guid()))
                .as("seed=%d id=%d was given twice", seed, version.id())
                .isTrue();
            Version there = image.version(version.place());
            assertThat(there == null || there.id() == version.id())
                .as("seed=%d version was overwritten, version=%s", seed, version)
                .isTrue();
          }
          image = image.apply(record);
          int now = image.ids(".").maxId();
          assertThat(now).as("seed=%d highest id goes back", seed).isGreaterThanOrEqualTo(maxId);
          maxId = now;
        }
      }
      for (Version version : acknowledged) {
        assertThat(written)
            .as("seed=%d acknowledged but not in the log: %s", seed, version)
            .anyMatch(one -> one.place().equals(version.place()) && one.id() == version.id());
      }
    }
  }
}
