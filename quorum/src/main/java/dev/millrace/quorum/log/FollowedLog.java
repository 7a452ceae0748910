package dev.millrace.quorum.log;

import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireException;
import dev.millrace.wire.message.DescribeClusterRequest;
import dev.millrace.wire.message.DescribeClusterResponse;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchSnapshotRequest;
import dev.millrace.wire.message.FetchSnapshotResponse;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The metadata log of a node that has no vote: it fetches what is committed from one of the voters,
 * the next one when that does not answer, and keeps it as a voter does. As only committed records
 * come, nothing it has is ever taken back. Never leads.
 *
 * <p>All methods are called in turns of the quorum's owner, but for {@link #create}.
 */
public final class FollowedLog implements MetadataLog {
  private static final int FETCH_WAIT_MS = 500;
  private static final int TIMEOUT_MS = 5_000;
  private static final long AGAIN_MS = 200;
  private static final byte CONTROLLERS = 2;

  /** So often a voter may have no news before the next one is asked: it may be cut off itself. */
  private static final int IDLE_FETCHES_MAX = 4;

  private static final int FETCH_HIGHEST = 17;

  private final SoloLog.Parts parts;
  private final Following following;
  private final LocalLog local;
  private @Nullable Observer observer;
  private @Nullable Download download;
  private boolean failed;
  private boolean isIdentified;
  private volatile Map<Integer, Endpoint> voters;
  private int asked;
  private int idleFetches;
  private volatile String trouble = "";
  private long nextOffset;
  private long bytesSinceSnapshot;
  private int toldLeader = -1;
  private int toldEpoch = -1;

  /**
   * Whom it follows.
   *
   * @param voters where voters listen, by their ids; those that answer tell of the others
   * @param clusterId that this node belongs to; empty when it does not know yet
   * @param identified told the cluster's id, in a turn of the quorum's owner and before anything is
   *     fetched
   */
  public record Following(
      Network network,
      Map<Integer, Endpoint> voters,
      String clusterId,
      Consumer<String> identified) {}

  /** A snapshot on its way. */
  private record Download(SnapshotId id, Path file, long position) {}

  private FollowedLog(SoloLog.Parts parts, Following following, LocalLog local) {
    this.parts = parts;
    this.following = following;
    this.voters = Map.copyOf(following.voters);
    this.local = local;
  }

  /**
   * Opens the log in its directory, or makes an empty one.
   *
   * @throws MetadataException when what is there is damaged
   */
  public static FollowedLog create(SoloLog.Parts parts, Following following) {
    try {
      return new FollowedLog(parts, following, LocalLog.open(parts));
    } catch (DiskException | CorruptFileException fault) {
      throw new MetadataException("metadata log cannot be opened: " + fault.getMessage(), fault);
    }
  }

  /** What is here is told at once; who leads is told by the first voter that answers. */
  @Override
  public void open(Observer opened) {
    observer = opened;
    guarded(() -> {
      nextOffset = local.deliver(opened);
      identify();
    });
  }

  private void identify() {
    DescribeClusterRequest request =
        DescribeClusterRequest.builder().endpointType(CONTROLLERS).build();
    ask(
        Question.of(request, DescribeClusterResponse::read, TIMEOUT_MS),
        answer -> () -> identified(answer));
  }

  private void identified(DescribeClusterResponse answer) {
    if (answer.errorCode() != ErrorCode.NONE.code() || answer.clusterId().isEmpty()) {
      trouble = objection(answer.errorCode());
      again();
      return;
    }
    String known = following.clusterId();
    if (!known.isEmpty() && !known.equals(answer.clusterId())) {
      fail(
          new MetadataException(
              "this node belongs to cluster "
                  + known
                  + ", but the voter at "
                  + endpoint()
                  + " belongs to cluster "
                  + answer.clusterId()));
      return;
    }
    learn(answer);
    if (!isIdentified) {
      isIdentified = true;
      following.identified().accept(answer.clusterId());
    }
    fetch();
  }

  private String objection(short code) {
    if (code == ErrorCode.NONE.code()) {
      return "the voter does not know its cluster yet, node=" + endpoint();
    }
    return code == ErrorCode.MISMATCHED_ENDPOINT_TYPE.code()
        ? "a listener for clients, name the one of controller.listener.names, node=" + endpoint()
        : "the voter does not say who votes, node=" + endpoint() + " code=" + code;
  }

  /** Where voters are now, who may be others than when this node was set up. */
  private void learn(DescribeClusterResponse answer) {
    Map<Integer, Endpoint> told = new HashMap<>();
    answer.brokers().forEach(one -> told.put(one.brokerId(), new Endpoint(one.host(), one.port())));
    if (!told.isEmpty() && !told.equals(voters)) {
      voters = Map.copyOf(told);
      asked = 0;
    }
  }

  /** What was wrong with the voter that was asked last and did not answer; any thread. */
  public String trouble() {
    return trouble;
  }

  /** Where the voters listen, by their ids; any thread. */
  public Map<Integer, Endpoint> addresses() {
    return voters;
  }

  private void fetch() {
    FetchRequest.FetchPartition partition =
        FetchRequest.FetchPartition.builder()
            .currentLeaderEpoch(toldEpoch)
            .fetchOffset(nextOffset)
            .partitionMaxBytes(MetadataReads.BYTES_MAX)
            .build();
    FetchRequest request =
        FetchRequest.builder()
            .replicaId(-1)
            .maxWaitMs(FETCH_WAIT_MS)
            .minBytes(1)
            .maxBytes(MetadataReads.BYTES_MAX)
            .topics(
                List.of(
                    FetchRequest.FetchTopic.builder()
                        .topic(SoloLog.PARTITION.topic())
                        .topicId(SoloLog.TOPIC_ID)
                        .partitions(List.of(partition))
                        .build()))
            .build();
    ask(
        new Question<>(
            request.apiKey(), FETCH_HIGHEST, _ -> request, FetchResponse::read, TIMEOUT_MS),
        answer -> {
          FetchResponse.PartitionData data = lasting(answer);
          return () -> fetched(data);
        });
  }

  /** An answer with bytes of its own: those of the network are lent. */
  private static FetchResponse.@Nullable PartitionData lasting(FetchResponse answer) {
    if (answer.errorCode() != ErrorCode.NONE.code()
        || answer.responses().size() != 1
        || answer.responses().getFirst().partitions().size() != 1) {
      return null;
    }
    FetchResponse.PartitionData data = answer.responses().getFirst().partitions().getFirst();
    return data.toBuilder().records(copy(data.records())).build();
  }

  private void fetched(FetchResponse.@Nullable PartitionData data) {
    if (data == null || data.errorCode() != ErrorCode.NONE.code()) {
      again();
      return;
    }
    FetchResponse.SnapshotId snapshot = data.snapshotId();
    if (snapshot.endOffset() > nextOffset) {
      SnapshotId id = new SnapshotId(snapshot.endOffset(), snapshot.epoch());
      download = new Download(id, local.incoming(id), 0);
      fetchSnapshot();
      return;
    }
    long before = nextOffset;
    if (data.records() instanceof RecordBytes.InMemory records) {
      append(records.view());
    }
    idleFetches = nextOffset > before ? 0 : idleFetches + 1;
    // who leads counts once everything before is here
    if (nextOffset >= data.highWatermark()) {
      tell(data.currentLeader().leaderId(), data.currentLeader().leaderEpoch());
    }
    if (idleFetches < IDLE_FETCHES_MAX) {
      fetch();
    } else {
      idleFetches = 0;
      asked++;
      identify();
    }
  }

  private void append(ByteBuffer records) {
    for (RecordBatch batch : BatchCursor.batches(records)) {
      if (batch.baseOffset() == nextOffset) {
        append(batch);
      }
    }
  }

  private void append(RecordBatch batch) {
    List<Message> messages = MetadataBatches.read(batch);
    long baseOffset = nextOffset;
    int epoch = batch.partitionLeaderEpoch();
    local.append(baseOffset, epoch, batch.isControl(), batch.slice());
    nextOffset = batch.nextOffset();
    bytesSinceSnapshot += batch.sizeBytes();
    Observer to = observer;
    if (to != null && !messages.isEmpty()) {
      to.onCommit(baseOffset, epoch, messages);
    }
  }

  private void fetchSnapshot() {
    Download now = download;
    if (now == null) {
      return;
    }
    FetchSnapshotRequest.PartitionSnapshot partition =
        FetchSnapshotRequest.PartitionSnapshot.builder()
            .currentLeaderEpoch(toldEpoch)
            .snapshotId(new FetchSnapshotRequest.SnapshotId(now.id.offset(), now.id.epoch()))
            .position(now.position)
            .build();
    FetchSnapshotRequest request =
        FetchSnapshotRequest.builder()
            .replicaId(parts.nodeId())
            .maxBytes(MetadataReads.BYTES_MAX)
            .topics(
                List.of(
                    new FetchSnapshotRequest.TopicSnapshot(
                        SoloLog.PARTITION.topic(), List.of(partition))))
            .build();
    ask(
        Question.of(request, FetchSnapshotResponse::read, TIMEOUT_MS),
        answer -> {
          FetchSnapshotResponse.PartitionSnapshot data = lasting(answer);
          return () -> snapshotFetched(now, data);
        });
  }

  private static FetchSnapshotResponse.@Nullable PartitionSnapshot lasting(
      FetchSnapshotResponse answer) {
    if (answer.errorCode() != ErrorCode.NONE.code()
        || answer.topics().size() != 1
        || answer.topics().getFirst().partitions().size() != 1) {
      return null;
    }
    FetchSnapshotResponse.PartitionSnapshot data =
        answer.topics().getFirst().partitions().getFirst();
    return data.toBuilder().unalignedRecords(copy(data.unalignedRecords())).build();
  }

  private void snapshotFetched(
      Download now, FetchSnapshotResponse.@Nullable PartitionSnapshot data) {
    if (data == null
        || data.errorCode() != ErrorCode.NONE.code()
        || data.position() != now.position
        || !(data.unalignedRecords() instanceof RecordBytes.InMemory bytes)) {
      again();
      return;
    }
    ByteBuffer chunk = bytes.view();
    int count = chunk.remaining();
    try (DiskFile file = parts.disk().open(now.file, Access.WRITE)) {
      if (now.position == 0) {
        file.truncate(0);
      }
      file.write(chunk, now.position);
    }
    long position = now.position + count;
    if (position < data.size() && count > 0) {
      download = new Download(now.id, now.file, position);
      fetchSnapshot();
    } else {
      download = null;
      restore(now);
      fetch();
    }
  }

  private void restore(Download whole) {
    local.adopt(whole.id, whole.file);
    parts.disk().delete(whole.file);
    Observer to = observer;
    if (to != null) {
      local.restore(whole.id, records -> to.onSnapshot(whole.id, records));
    }
    nextOffset = whole.id.offset();
    bytesSinceSnapshot = 0;
  }

  /**
   * Asks the voter that answered last; what goes wrong is tried again with the next one.
   *
   * @param lasting takes what it needs of the answer, whose bytes are lent, and says what to do
   *     with it in a turn
   */
  private <R extends Response> void ask(Question<R> question, Function<R, Runnable> lasting) {
    if (observer == null || failed) {
      return;
    }
    Endpoint to = endpoint();
    Exchange<R> exchange =
        question.then(
            answer -> {
              Runnable next = lasting.apply(answer);
              parts.turns().submit(() -> guarded(next));
            },
            fault ->
                parts
                    .turns()
                    .submit(() -> {
                      trouble = String.valueOf(fault.getMessage());
                      again();
                    }));
    following.network().turns().submit(() -> following.network().call(to, Lane.FETCH, exchange));
  }

  private void again() {
    if (observer == null || failed) {
      return;
    }
    asked++;
    download = null;
    // a voter that was taken out goes without a word: whoever is left knows the others
    parts.turns().after(AGAIN_MS, () -> guarded(this::identify));
  }

  private Endpoint endpoint() {
    Set<Endpoint> all = new LinkedHashSet<>(new TreeMap<>(voters).values());
    all.addAll(new TreeMap<>(following.voters).values());
    return List.copyOf(all).get(asked % all.size());
  }

  private void tell(int leader, int epoch) {
    boolean isSame = leader == toldLeader && epoch == toldEpoch;
    Observer to = observer;
    if (isSame || epoch < toldEpoch || to == null) {
      return;
    }
    toldLeader = leader;
    toldEpoch = epoch;
    to.onLeaderChange(leader, epoch, nextOffset);
  }

  private void guarded(Runnable step) {
    if (failed || observer == null) {
      return;
    }
    try {
      step.run();
    } catch (DiskException | CorruptFileException | MetadataException | WireException fault) {
      fail(new MetadataException("metadata cannot go on: " + fault.getMessage(), fault));
    }
  }

  private void fail(RuntimeException cause) {
    failed = true;
    Observer to = observer;
    if (to != null) {
      to.onFailure(cause);
    }
  }

  private static RecordBytes copy(@Nullable RecordBytes lent) {
    if (lent instanceof RecordBytes.InMemory bytes) {
      ByteBuffer view = bytes.view();
      return RecordBytes.of(ByteBuffer.allocate(view.remaining()).put(view).flip());
    }
    return RecordBytes.of(ByteBuffer.allocate(0));
  }

  /** Never done: this node does not lead. */
  @Override
  public void append(int expectedEpoch, List<Message> records, Appended committed) {
    parts.turns().submit(() -> committed.done(failed ? Outcome.FAILED : Outcome.FENCED));
  }

  @Override
  public void barrier(Runnable reached) {
    parts.turns().submit(reached);
  }

  @Override
  public void snapshot(SnapshotId end, Stream<Message> records) {
    if (end.offset() <= nextOffset) {
      bytesSinceSnapshot = 0;
      guarded(() -> {
        local.snapshot(end, records);
        local.forgetBefore(end);
      });
    }
  }

  @Override
  public long bytesSinceSnapshot() {
    return bytesSinceSnapshot;
  }

  @Override
  public List<Integer> voters() {
    return voters.keySet().stream().sorted().toList();
  }

  /** Stops. The log directory closes the files. */
  @Override
  public void close() {
    observer = null;
  }
}
