package dev.millrace.client;

import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group at one moment: who commits offsets in a transaction (KIP-447). A
 * coordinator refuses members of former generations, so that two never commit for one partition.
 *
 * @param generation generation or member epoch, -1 outside of the group
 * @param memberId empty outside of the group
 * @param instanceId {@code group.instance.id} of a static member
 */
public record GroupMember(
    String group, int generation, String memberId, @Nullable String instanceId) {
  /** Somebody outside of a group: nothing but the transaction fences it. */
  public static GroupMember outside(String group) {
    return new GroupMember(group, -1, "", null);
  }
}
