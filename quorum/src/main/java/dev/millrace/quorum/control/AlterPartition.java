package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.PartitionChange.PartitionId;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A leader says who is in sync with it (KIP-497, KIP-704, KIP-903). Each partition counts for
 * itself; outcomes stand in the order of the request.
 *
 * @param brokerId of the leader
 * @param brokerEpoch of its registration
 */
public record AlterPartition(int brokerId, long brokerEpoch, List<Proposal> proposals)
    implements Command<List<Outcome<PartitionImage>>> {
  /** Says that the epoch of a member's broker is not known and not checked. */
  public static final long ANY_EPOCH = -1;

  /**
   * What a leader wants for one of its partitions.
   *
   * @param leaderEpoch in which it leads
   * @param isr without the leader itself when its disk is full: one of the others leads then
   * @param partitionEpoch of the state that it knows: it changes nothing else
   * @param recovery 1 while it still repairs what an unclean election cost, else 0
   */
  public record Proposal(
      Uuid topicId,
      int partition,
      int leaderEpoch,
      int partitionEpoch,
      List<Member> isr,
      byte recovery) {}

  /** A replica that is in sync, and the epoch of the broker that fetched; or {@link #ANY_EPOCH}. */
  public record Member(int brokerId, long brokerEpoch) {}

  /**
   * Replies what each partition is then. {@link ErrorCode#NEW_LEADER_ELECTED} when the change was
   * made and gave the partition to another leader.
   */
  @Override
  public Decision<List<Outcome<PartitionImage>>> decide(Rules rules) {
    Outcome<Long> known = Rules.attempt(() -> checkEpoch(rules));
    if (known instanceof Outcome.Refused<Long> stale) {
      return new Decision<>(List.of(), Outcome.refused(stale.error(), stale.message()));
    }
    PartitionRules partitions = new PartitionRules(rules);
    List<Message> records = new ArrayList<>();
    List<Outcome<PartitionImage>> outcomes = new ArrayList<>(proposals.size());
    Set<PartitionId> named = new HashSet<>();
    for (Proposal proposal : proposals) {
      outcomes.add(Rules.attempt(() -> decide(partitions, proposal, named, records)));
    }
    Rules after = rules.after(records);
    List<Outcome<PartitionImage>> replies = new ArrayList<>(proposals.size());
    for (int i = 0; i < proposals.size(); i++) {
      replies.add(reply(after, proposals.get(i), outcomes.get(i)));
    }
    return new Decision<>(records, Outcome.done(replies), true);
  }

  private long checkEpoch(Rules rules) {
    BrokerImage broker = rules.image().broker(brokerId);
    if (broker == null) {
      throw new RefusedException(
          ErrorCode.STALE_BROKER_EPOCH, "broker is not registered, broker=" + brokerId);
    }
    return rules.registered(brokerId, brokerEpoch).epoch();
  }

  /** Appends the change; returns the partition as it was. */
  private PartitionImage decide(
      PartitionRules rules, Proposal proposal, Set<PartitionId> named, List<Message> records) {
    TopicImage topic = rules.image().topic(proposal.topicId());
    if (topic == null) {
      throw new RefusedException(
          ErrorCode.UNKNOWN_TOPIC_ID, "there is no such topic, id=" + proposal.topicId());
    }
    PartitionImage partition = topic.partition(proposal.partition());
    if (partition == null) {
      throw new RefusedException(
          ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          "there is no such partition, topic="
              + topic.name()
              + " partition="
              + proposal.partition());
    }
    PartitionId id = new PartitionId(topic.name(), topic.id(), proposal.partition());
    if (!named.add(id)) {
      throw invalid("partition is named twice in the request, " + id);
    }
    checkStanding(partition, proposal);
    checkMembers(rules, partition, proposal);
    PartitionChangeRecord change =
        new PartitionChange(rules, id, partition)
            .isr(proposal.isr().stream().map(Member::brokerId).toList())
            .recovery(proposal.recovery())
            .build();
    if (change != null) {
      records.add(change);
    }
    return partition;
  }

  /** The proposal is from the present leader, about the present state. */
  private void checkStanding(PartitionImage partition, Proposal proposal) {
    if (proposal.leaderEpoch() > partition.leaderEpoch()
        || proposal.partitionEpoch() > partition.partitionEpoch()) {
      throw new RefusedException(
          ErrorCode.NOT_CONTROLLER, "the leader knows more than this controller");
    }
    if (proposal.leaderEpoch() < partition.leaderEpoch()) {
      throw new RefusedException(
          ErrorCode.FENCED_LEADER_EPOCH,
          "leader epoch is stale, epoch="
              + proposal.leaderEpoch()
              + " current="
              + partition.leaderEpoch());
    }
    if (partition.leader() != brokerId) {
      throw invalid("the broker does not lead the partition, leader=" + partition.leader());
    }
    if (proposal.partitionEpoch() < partition.partitionEpoch()) {
      throw new RefusedException(
          ErrorCode.INVALID_UPDATE_VERSION,
          "partition epoch is stale, epoch="
              + proposal.partitionEpoch()
              + " current="
              + partition.partitionEpoch());
    }
  }

  private void checkMembers(PartitionRules rules, PartitionImage partition, Proposal proposal) {
    Set<Integer> members = new HashSet<>();
    for (Member member : proposal.isr()) {
      if (!partition.replicas().contains(member.brokerId())) {
        throw invalid("broker is no replica of the partition, broker=" + member.brokerId());
      }
      if (!members.add(member.brokerId())) {
        throw invalid("broker stands twice in the in-sync set, broker=" + member.brokerId());
      }
    }
    if (members.isEmpty()) {
      throw invalid("the in-sync set must not be empty");
    }
    if (proposal.recovery() == PartitionChange.RECOVERING
        && (!members.equals(Set.of(brokerId))
            || partition.recovery() == PartitionChange.RECOVERED)) {
      throw invalid(
          "a leader that recovers is alone in its in-sync set, and does not go back to it");
    }
    for (Member member : proposal.isr()) {
      String why = whyIneligible(rules, partition, member);
      if (why != null) {
        throw new RefusedException(
            ErrorCode.INELIGIBLE_REPLICA,
            "replica cannot be in sync, its broker " + why + ", broker=" + member.brokerId());
      }
    }
  }

  private static @Nullable String whyIneligible(
      PartitionRules rules, PartitionImage partition, Member member) {
    BrokerImage broker = rules.image().broker(member.brokerId());
    if (broker == null) {
      return "is not registered";
    }
    if (broker.fenced()) {
      return "is fenced";
    }
    if (broker.inControlledShutdown()) {
      return "is shutting down";
    }
    if (member.brokerEpoch() != ANY_EPOCH && member.brokerEpoch() != broker.epoch()) {
      return "registered anew, epoch=" + member.brokerEpoch() + " registered=" + broker.epoch();
    }
    return rules.isUsable(partition, member.brokerId()) ? null : "has lost the log directory";
  }

  private Outcome<PartitionImage> reply(
      Rules after, Proposal proposal, Outcome<PartitionImage> outcome) {
    if (outcome instanceof Outcome.Refused) {
      return outcome;
    }
    PartitionImage now =
        Objects.requireNonNull(
            after.image().partition(proposal.topicId(), proposal.partition()), "partition");
    return now.leader() == brokerId
        ? Outcome.done(now)
        : Outcome.refused(
            ErrorCode.NEW_LEADER_ELECTED,
            "another broker leads now, as the change wants it, leader=" + now.leader());
  }

  private static RefusedException invalid(String message) {
    return new RefusedException(ErrorCode.INVALID_REQUEST, message);
  }
}
