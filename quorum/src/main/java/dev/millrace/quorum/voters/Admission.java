package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.voters.Joining.Answer;
import dev.millrace.quorum.voters.Joining.Verdict;
import dev.millrace.quorum.voters.VoterChange.Outcome;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is taken into the group, on its leader, one at a time. A node that the settings name is taken
 * in when it asks; it takes the place of a member with its id whose disk it no longer has, unless
 * that member is alive. Others wait until somebody adds them.
 */
final class Admission {
  private static final long ALIVE_MS = 1500;
  private static final int LATER_MAX = 100;

  private final List<Voter> voters;
  private final Turns turns;
  private final Map<Integer, Member> waiting = new HashMap<>();
  private volatile List<Member> members = List.of();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final Map<Integer, Member> next = new TreeMap<>();
  private boolean changing;

  Admission(List<Voter> voters, Turns turns) {
    this.voters = voters;
    this.turns = turns;
  }

  List<Member> members() {
    return members;
  }

  void members(List<Member> now) {
    members = now;
  }

  /** Judges a node that asks; takes it in when that is right. */
  Answer judge(Member asking, Agreement agreement) {
    if (members.stream().anyMatch(member -> isSame(member, asking))) {
      waiting.remove(asking.id());
      return new Answer(Verdict.ADMITTED, "");
    }
    if (changing) {
      if (isNamed(asking)) {
        next.put(asking.id(), asking);
      }
      return new Answer(Verdict.LATER, "another change of the voters is under way");
    }
    Member present = member(asking.id());
    if (present != null && isAlive(present, agreement)) {
      return new Answer(
          Verdict.REFUSED,
          "node.id="
              + asking.id()
              + " is in use by a running voter, or its metadata was emptied while it ran");
    }
    if (present == null && !isNamed(asking)) {
      waiting.put(asking.id(), asking);
      return new Answer(Verdict.LATER, "node " + asking.id() + " is no voter yet, add it");
    }
    change(with(asking), agreement, _ -> {});
    return new Answer(Verdict.LATER, "is being taken in");
  }

  /** Changes who votes, after the change that is under way. */
  void change(VoterChange change, Agreement agreement, Consumer<Outcome> done) {
    if (changing && later.size() < LATER_MAX) {
      later.add(() -> change(change, agreement, done));
      return;
    }
    switch (change) {
      case VoterChange.Add add -> add(add.id(), agreement, done);
      case VoterChange.Remove remove -> remove(remove, agreement, done);
      case VoterChange.Transfer transfer -> transfer(transfer.id(), agreement, done);
    }
  }

  private void add(int id, Agreement agreement, Consumer<Outcome> done) {
    Member asking = waiting.get(id);
    if (member(id) != null) {
      done.accept(Outcome.refused(ErrorCode.DUPLICATE_VOTER, "node is a voter already, id=" + id));
    } else if (asking == null) {
      done.accept(
          Outcome.refused(
              ErrorCode.INVALID_REQUEST,
              "node has not asked to become a voter, start it first, id=" + id));
    } else {
      change(with(asking), agreement, done);
    }
  }

  private void remove(VoterChange.Remove remove, Agreement agreement, Consumer<Outcome> done) {
    int id = remove.id();
    Member member = member(id);
    if (member == null) {
      done.accept(Outcome.refused(ErrorCode.VOTER_NOT_FOUND, "node is no voter, id=" + id));
    } else if (!remove.incarnation().equals(Uuid.ZERO)
        && !remove.incarnation().equals(member.incarnation())) {
      done.accept(
          Outcome.refused(
              ErrorCode.VOTER_NOT_FOUND,
              "node votes with another directory, id="
                  + id
                  + " directory="
                  + member.incarnation()));
    } else if (members.size() == 1) {
      done.accept(Outcome.refused(ErrorCode.INVALID_REQUEST, "the last voter stays, id=" + id));
    } else {
      change(members.stream().filter(other -> other.id() != id).toList(), agreement, done);
    }
  }

  private void transfer(int id, Agreement agreement, Consumer<Outcome> done) {
    Member member = member(id);
    if (member == null) {
      done.accept(Outcome.refused(ErrorCode.VOTER_NOT_FOUND, "node is no voter, id=" + id));
    } else {
      agreement.transfer(member, objection -> turns.submit(() -> done.accept(outcome(objection))));
    }
  }

  private void change(List<Member> wanted, Agreement agreement, Consumer<Outcome> done) {
    if (changing) {
      done.accept(
          Outcome.refused(
              ErrorCode.REQUEST_TIMED_OUT, "another change of the voters is under way"));
      return;
    }
    changing = true;
    agreement.change(
        wanted,
        objection ->
            turns.submit(() -> {
              changing = false;
              members = objection == null ? wanted : members;
              done.accept(outcome(objection));
              goOn(agreement);
            }));
  }

  /**
   * What waited may come to nothing, and then what waits behind it is next. Nodes that asked
   * meanwhile are judged at once: asking again takes them a while.
   */
  private void goOn(Agreement agreement) {
    while (!changing && !later.isEmpty()) {
      later.remove().run();
    }
    while (!changing && !next.isEmpty()) {
      Member asking = next.values().iterator().next();
      next.remove(asking.id());
      Answer ignored = judge(asking, agreement);
    }
  }

  private boolean isNamed(Member asking) {
    return voters.stream().anyMatch(voter -> voter.id() == asking.id());
  }

  private static Outcome outcome(@Nullable String objection) {
    return objection == null
        ? Outcome.DONE
        : Outcome.refused(ErrorCode.REQUEST_TIMED_OUT, "voters were not changed: " + objection);
  }

  private List<Member> with(Member asking) {
    List<Member> wanted = new ArrayList<>(members);
    wanted.removeIf(member -> member.id() == asking.id());
    wanted.add(asking);
    return wanted;
  }

  private @Nullable Member member(int id) {
    return members.stream().filter(member -> member.id() == id).findFirst().orElse(null);
  }

  private static boolean isSame(Member one, Member other) {
    return one.id() == other.id() && one.incarnation().equals(other.incarnation());
  }

  private static boolean isAlive(Member member, Agreement agreement) {
    return agreement.progress().stream()
        .anyMatch(progress -> isSame(progress.member(), member) && progress.heardMs() < ALIVE_MS);
  }
}
