package dev.millrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.coordinator.CoordinatorLog.Entry;
import dev.millrace.coordinator.MemoryLog;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.sharegroup.ShareGroupSettings;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ShareGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.ShareGroupHeartbeatRequest;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random share groups in virtual time: members come, go, crash and change their minds, topics grow,
 * states fail to be made, the coordinator is lost. {@code -Dmillrace.seed=N} repeats one, {@code
 * -Dmillrace.fuzz.rounds=N} runs more.
 */
@Tag("fuzz")
class ShareGroupFuzzTest {
  private static final int STEPS = 60;

  @Test
  void groupsComeToRestWhateverHappens() {
    Long only = Long.getLong("millrace.seed");
    int rounds = only != null ? 1 : Integer.getInteger("millrace.fuzz.rounds", 40);
    for (int round = 0; round < rounds; round++) {
      long seed = only != null ? only : 1_000 + round;
      try {
        new History(seed).run();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError("repeat with -Dmillrace.seed=" + seed, failure);
      }
    }
  }

  /** What a member knows. */
  private static final class Client {
    private final String id;
    private List<String> topics;
    private int epoch;
    private Set<String> assigned = new TreeSet<>();

    Client(String id, List<String> topics) {
      this.id = id;
      this.topics = topics;
    }
  }

  private static final class History implements ShareGroupRules, ShareGroupRules.States {
    private final Random random;
    private final SimOwners owners;
    private final Map<String, Client> clients = new HashMap<>();
    private final Set<ShareKey> made = new HashSet<>();
    private final int[] counts = {1, 2};
    private MemoryLog log;
    private GroupCoordinator coordinator;
    private boolean failing = true;
    private int epoch;
    private int names;

    History(long seed) {
      random = new Random(seed);
      owners = new SimOwners(seed);
      log = new MemoryLog(owners.owner("disk"), List.of());
      coordinator = open();
      owners.runMs(10);
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(10)) {
          case 0 -> join();
          case 1 -> leave();
          case 2 -> crash();
          case 3 -> grow();
          case 4 -> failOver();
          case 5 -> owners.runMs(random.nextInt(20_000));
          default -> beatAll();
        }
      }
      failing = false;
      join();
      for (int round = 0; round < 40; round++) {
        owners.runMs(2_000);
        beatAll();
      }
      checkThatItCameToRest();
      String described = describe().toString();
      failOver();
      assertThat(describe().toString()).as("a successor knows the same").isEqualTo(described);
    }

    private void join() {
      List<String> topics = random.nextBoolean() ? List.of("a") : List.of("a", "b");
      Client client = new Client("m" + names++, topics);
      clients.put(client.id, client);
      beat(client);
    }

    private @Nullable Client anybody() {
      List<Client> all = new ArrayList<>(clients.values());
      return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private void leave() {
      Client client = anybody();
      if (client != null && client.epoch > 0) {
        clients.remove(client.id);
        client.epoch = -1;
        beat(client);
      }
    }

    private void crash() {
      Client client = anybody();
      if (client != null) {
        clients.remove(client.id);
      }
    }

    private void grow() {
      counts[random.nextInt(2)]++;
      coordinator.topicsChanged();
      owners.runMs(5);
    }

    private void failOver() {
      GroupCoordinator old = coordinator;
      List<Entry> kept = log.remains(random.nextInt(2));
      log.die();
      log = new MemoryLog(owners.owner("disk"), kept);
      coordinator = open();
      old.close();
      owners.runMs(10);
    }

    private GroupCoordinator open() {
      GroupCoordinator opened =
          new GroupCoordinator(
              GroupSettings.DEFAULTS,
              owners.clock(),
              List.of(owners.owner("coordinator")),
              () -> 1,
              owners.random("ids" + epoch),
              new GroupRules(ConsumerRules.DEFAULTS, this, StreamsGroupRules.NONE));
      opened.elected(0, epoch++, log);
      return opened;
    }

    private void beatAll() {
      List.copyOf(clients.values()).forEach(this::beat);
    }

    private void beat(Client client) {
      ShareGroupHeartbeatRequest request =
          ShareGroupHeartbeatRequest.builder()
              .groupId("g")
              .memberId(client.id)
              .memberEpoch(client.epoch)
              .subscribedTopicNames(client.epoch == 0 ? client.topics : null)
              .build();
      List<ShareGroupHeartbeatResponse> given = new ArrayList<>();
      coordinator.shares().heartbeat(request, new GroupClient("c", "/h"), given::add);
      owners.runMs(10);
      assertThat(given).hasSize(1);
      ShareGroupHeartbeatResponse response = given.getFirst();
      ErrorCode error = ErrorCode.of(response.errorCode());
      if (error == ErrorCode.NONE) {
        client.epoch = response.memberEpoch();
        if (response.assignment() != null) {
          client.assigned = assigned(response);
        }
      } else if (error == ErrorCode.UNKNOWN_MEMBER_ID
          || error == ErrorCode.FENCED_MEMBER_EPOCH
          || error == ErrorCode.GROUP_ID_NOT_FOUND) {
        client.epoch = 0;
        client.assigned = new TreeSet<>();
      }
    }

    private static Set<String> assigned(ShareGroupHeartbeatResponse response) {
      Set<String> assigned = new TreeSet<>();
      response
          .assignment()
          .topicPartitions()
          .forEach(topic ->
              topic.partitions().forEach(index -> assigned.add(topic.topicId() + "/" + index)));
      return assigned;
    }

    private void checkThatItCameToRest() {
      Set<String> covered = new TreeSet<>();
      Set<String> read = new TreeSet<>();
      for (Client client : clients.values()) {
        assertThat(client.assigned).as("member %s has something", client.id).isNotEmpty();
        covered.addAll(client.assigned);
        client.topics.forEach(name -> read.addAll(partitions(name)));
      }
      assertThat(covered).as("every partition has somebody").isEqualTo(read);
      DescribedGroup group = describe();
      assertThat(group.members()).hasSameSizeAs(clients.values());
      assertThat(group.groupState()).isEqualTo("Stable");
    }

    private Set<String> partitions(String name) {
      TopicCatalog.Topic topic = topics().find(name);
      Set<String> all = new TreeSet<>();
      for (int index = 0; topic != null && index < topic.partitions(); index++) {
        all.add(topic.id() + "/" + index);
        assertThat(made).contains(new ShareKey("g", topic.id(), index));
      }
      return all;
    }

    private DescribedGroup describe() {
      List<DescribedGroup> given = new ArrayList<>();
      coordinator.shares().describe(List.of("g"), given::addAll);
      owners.runMs(10);
      return given.getFirst();
    }

    @Override
    public ShareGroupSettings settings(String groupId) {
      return ShareGroupSettings.DEFAULTS;
    }

    @Override
    public TopicCatalog topics() {
      return new TopicCatalog() {
        @Override
        public @Nullable Topic find(String name) {
          return name.equals("a") || name.equals("b") ? topic(name.charAt(0) - 'a') : null;
        }

        @Override
        public @Nullable Topic find(Uuid id) {
          return id.equals(topic(0).id()) ? topic(0) : id.equals(topic(1).id()) ? topic(1) : null;
        }

        @Override
        public Collection<String> names() {
          return List.of("a", "b");
        }
      };
    }

    private TopicCatalog.Topic topic(int at) {
      return new TopicCatalog.Topic(
          at == 0 ? "a" : "b", new Uuid(1_000 + at, 1_000 + at), counts[at]);
    }

    @Override
    public States states() {
      return this;
    }

    @Override
    public void initialize(
        ShareKey key, int stateEpoch, long startOffset, Consumer<ErrorCode> answer) {
      boolean fails = failing && random.nextInt(4) == 0;
      owners
          .owner("states")
          .after(
              random.nextInt(50),
              () -> {
                if (!fails) {
                  made.add(key);
                }
                answer.accept(fails ? ErrorCode.COORDINATOR_NOT_AVAILABLE : ErrorCode.NONE);
              });
    }

    @Override
    public void delete(ShareKey key, Consumer<ErrorCode> answer) {
      made.remove(key);
      answer.accept(ErrorCode.NONE);
    }
  }
}
