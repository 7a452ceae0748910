package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine by which a group of voters agrees on one order of entries, on disk with a majority of
 * them. Terms count leaders and go up; an index is the place of an entry and may leave gaps.
 *
 * <p>Safe for any thread; nothing blocks but {@link #snapshot} and {@link #close}. The listener is
 * called by threads of the engine, one call at a time for {@link Listener#restored}, {@link
 * Listener#entry} and {@link Listener#leading}, which come in the order of the log.
 */
public interface Agreement extends AutoCloseable {
  /** Finds an engine; one is provided where several voters are possible. */
  interface Engine {
    /**
     * Starts this node's part.
     *
     * @throws dev.millrace.quorum.image.MetadataException when its files cannot be used
     */
    Agreement start(Setup setup);
  }

  /** What an operator does about a voter whose files are damaged; the end of a message. */
  String HEALING =
      "; if the other voters are well, move __cluster_metadata-0 away and start this node again: it"
          + " gets the metadata from them";

  /**
   * What an engine starts from.
   *
   * @param group that the entries belong to
   * @param founding the state that the group begins with, for the member that founds it, also when
   *     it starts again; null for one that was or will be taken in
   * @param directory for the engine's files, made when needed
   */
  record Setup(
      Uuid group,
      Member self,
      @Nullable Founding founding,
      Path directory,
      Transport transport,
      Listener listener) {}

  /** The first snapshot of a group. */
  record Founding(long offset, int epoch, Path file) {}

  /**
   * A snapshot and its place in the log.
   *
   * @param offset the first offset that is not in it
   * @param epoch that was under way
   */
  record Position(long offset, int epoch, long term, long index) {}

  /** Carries requests between members; waits for the answer. */
  interface Transport {
    /**
     * Asks a member.
     *
     * @throws dev.millrace.net.NetException when there is no answer
     */
    ByteBuffer call(Member to, byte kind, ByteBuffer request);
  }

  /** Hears what the group agreed on. */
  interface Listener {
    /**
     * The state is that of a snapshot from now on: at the start, and when the group's log does not
     * reach back to what this node has.
     *
     * @param file in the format of the metadata snapshots; must be read before this returns
     */
    void restored(Position position, Path file);

    /**
     * An entry is committed.
     *
     * @param entry kept by nobody else
     */
    void entry(long term, long index, ByteBuffer entry);

    /** This node leads in a new term, and has heard of every entry of the terms before. */
    void leading(long term);

    /** Another node leads. */
    void following(int leader, long term);

    /** This node led in the term and does not any more. */
    void lost(long term);

    /** The group's members from now on. */
    void members(List<Member> members);

    /** The engine cannot go on. */
    void failed(RuntimeException cause);
  }

  /** What becomes of a request of another member. */
  interface Served {
    /** The answer. */
    void answer(ByteBuffer answer);

    /** There is no answer; why. */
    void refused(String reason);

    /** It was no request that a voter sends. */
    void malformed(String reason);
  }

  /**
   * How far a member is, as the leader knows.
   *
   * @param matchIndex up to which it has the log
   * @param heardMs since its last answer, milliseconds
   */
  record Progress(Member member, long matchIndex, long heardMs) {}

  /** Asks for an entry. It is heard of when it is committed, and never when it is lost. */
  void propose(ByteBuffer entry);

  /** Keeps a snapshot: what it stands for may go from the log. Blocks on the disk. */
  void snapshot(Position position, Path file);

  /**
   * Changes who votes; on the leader.
   *
   * @param members all of them; at most one may be new
   * @param done hears why it did not happen, or null when it did
   */
  void change(List<Member> members, Consumer<@Nullable String> done);

  /**
   * Lets another member lead; on the leader.
   *
   * @param done hears why it did not happen, or null when it did
   */
  void transfer(Member to, Consumer<@Nullable String> done);

  /** Answers a request of another member. Blocks on the disk. */
  void serve(byte kind, ByteBuffer request, Served served);

  /**
   * The leader's process is gone: this node stands for election now, without waiting until it has
   * heard nothing for the usual time. Does nothing where that is not wise: another member leads by
   * now, or was voted for. May block on the disk.
   *
   * @param gone the leader's node id; never this node's
   */
  void stand(int gone);

  /** The other members, on the leader; empty elsewhere. */
  List<Progress> progress();

  /** Stops without leaving the group. */
  @Override
  void close();
}
