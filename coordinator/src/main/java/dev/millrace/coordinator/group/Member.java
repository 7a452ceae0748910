package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A member of a classic group, and what it waits for. */
final class Member {
  /**
   * What a member says about itself each time it joins.
   *
   * @param protocols in order of preference, each name once
   */
  record Profile(
      GroupClient client,
      int rebalanceTimeoutMs,
      int sessionTimeoutMs,
      String protocolType,
      List<JoinGroupRequestProtocol> protocols) {

    boolean supports(String protocol) {
      return protocols.stream().anyMatch(own -> own.name().equals(protocol));
    }

    /** The protocol that this member prefers among {@code candidates}. */
    @Nullable String vote(Set<String> candidates) {
      for (JoinGroupRequestProtocol own : protocols) {
        if (candidates.contains(own.name())) {
          return own.name();
        }
      }
      return null;
    }

    /** The member's metadata for a protocol that it supports. */
    Bytes metadata(String protocol) {
      for (JoinGroupRequestProtocol own : protocols) {
        if (own.name().equals(protocol)) {
          return own.metadata();
        }
      }
      throw new IllegalStateException("member does not support protocol, protocol=" + protocol);
    }
  }

  private final String id;
  private final @Nullable String instanceId;
  private final Deadline session;
  private Profile profile;
  private Bytes assignment = Bytes.EMPTY;
  private @Nullable Answer<JoinGroupResponse> joining;
  private @Nullable Answer<SyncGroupResponse> syncing;
  private @Nullable Answer<HeartbeatResponse> beating;
  private boolean fresh;

  Member(String id, @Nullable String instanceId, Profile profile, Deadline session) {
    this.id = id;
    this.instanceId = instanceId;
    this.profile = profile;
    this.session = session;
  }

  String id() {
    return id;
  }

  /** The name that a static member keeps over restarts (KIP-345), or null. */
  @Nullable String instanceId() {
    return instanceId;
  }

  boolean isStatic() {
    return instanceId != null;
  }

  Profile profile() {
    return profile;
  }

  void profile(Profile changed) {
    profile = changed;
  }

  Bytes assignment() {
    return assignment;
  }

  void assign(Bytes assigned) {
    assignment = assigned;
  }

  /** Expires when the member was not heard of for its session timeout. */
  Deadline session() {
    return session;
  }

  /** Whether it has never been part of a generation: it does not know its id yet. */
  void fresh(boolean isNew) {
    fresh = isNew;
  }

  boolean isJoining() {
    return joining != null;
  }

  /** Waits for the next generation. Use {@link ClassicGroup#awaitJoin}, which counts. */
  void joining(@Nullable Answer<JoinGroupResponse> answer) {
    joining = answer;
  }

  @Nullable Answer<JoinGroupResponse> joining() {
    return joining;
  }

  boolean isSyncing() {
    return syncing != null;
  }

  void syncing(@Nullable Answer<SyncGroupResponse> answer) {
    syncing = answer;
  }

  @Nullable Answer<SyncGroupResponse> syncing() {
    return syncing;
  }

  /** Has a heartbeat wait for news; the one before it hears that there is none. */
  void awaitNews(Answer<HeartbeatResponse> answer) {
    tell(ErrorCode.NONE);
    beating = answer;
  }

  /** Answers the heartbeat that waits for news, if there is one. */
  void tell(ErrorCode news) {
    Answer<HeartbeatResponse> waiting = beating;
    if (waiting != null) {
      beating = null;
      waiting.give(HeartbeatResponse.builder().errorCode(news).build());
    }
  }

  /**
   * A member whose request waits here is alive, unless it is so fresh that it may have given up.
   */
  boolean isSurelyAlive() {
    return !fresh && (isJoining() || isSyncing());
  }
}
