package dev.millrace.quorum.voters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.quorum.voters.Joining.Verdict;
import dev.millrace.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order in which nodes are taken in, and what waits for it. */
class AdmissionTest {
  private static final int FOREIGN = 9;

  private final SimOwners owners = new SimOwners(Long.getLong("millrace.seed", 1));
  private final Turns turns = owners.machine("node").owner("quorum");
  private final Changes changes = new Changes();
  private final Admission admission =
      new Admission(
          IntStream.rangeClosed(1, 3).mapToObj(id -> new Voter(id, member(id).endpoint())).toList(),
          turns);

  AdmissionTest() {
    admission.members(List.of(member(1)));
  }

  @Test
  void whoAskedDuringAChangeIsTakenInAfterIt() {
    assertThat(admission.judge(member(2), changes).verdict()).isEqualTo(Verdict.LATER);
    assertThat(admission.judge(member(3), changes).verdict()).isEqualTo(Verdict.LATER);
    assertThat(admission.judge(member(3), changes).verdict()).isEqualTo(Verdict.LATER);
    assertThat(admission.judge(member(FOREIGN), changes).verdict()).isEqualTo(Verdict.LATER);
    assertThat(changes.wanted).isEqualTo(List.of(1, 2));
    endChange();
    assertThat(changes.wanted).isEqualTo(List.of(1, 2, 3));
    endChange();
    assertThat(changes.under).isEmpty();
    assertThat(admission.judge(member(3), changes).verdict()).isEqualTo(Verdict.ADMITTED);
  }

  @Test
  void aWishThatComesToNothingHoldsUpNobody() {
    List<String> told = new ArrayList<>();
    admission.judge(member(2), changes);
    admission.change(
        new VoterChange.Add(1), changes, outcome -> told.add("add " + outcome.error()));
    admission.change(
        new VoterChange.Remove(FOREIGN), changes, outcome -> told.add("remove " + outcome.error()));
    admission.change(
        new VoterChange.Remove(2), changes, outcome -> told.add("second " + outcome.error()));
    endChange();
    assertThat(told)
        .containsExactly("add " + ErrorCode.DUPLICATE_VOTER, "remove " + ErrorCode.VOTER_NOT_FOUND);
    assertThat(changes.wanted).isEqualTo(List.of(1));
    endChange();
    assertThat(told).last().isEqualTo("second " + ErrorCode.NONE);
  }

  private void endChange() {
    turns.submit(() -> changes.under.remove().accept(null));
    owners.runMs(10);
  }

  private static Member member(int id) {
    return new Member(id, new Uuid(0, id), new Endpoint("node" + id, 9093));
  }

  /** Keeps changes under way until it is told. */
  private static final class Changes implements Agreement {
    private final Deque<Consumer<@Nullable String>> under = new ArrayDeque<>();
    private List<Integer> wanted = List.of();

    @Override
    public void change(List<Member> members, Consumer<@Nullable String> done) {
      wanted = members.stream().map(Member::id).toList();
      under.add(done);
    }

    @Override
    public void transfer(Member to, Consumer<@Nullable String> done) {
      done.accept(null);
    }

    @Override
    public List<Progress> progress() {
      return List.of();
    }

    @Override
    public void propose(ByteBuffer entry) {}

    @Override
    public void snapshot(Position position, Path file) {}

    @Override
    public void serve(byte kind, ByteBuffer request, Served served) {}

    @Override
    public void stand(int gone) {}

    @Override
    public void close() {}
  }
}
