package dev.millrace.quorum.image;

import dev.millrace.quorum.record.AccessControlEntryRecord;
import dev.millrace.quorum.record.ClientQuotaRecord;
import dev.millrace.quorum.record.ClientQuotaRecord.EntityData;
import dev.millrace.quorum.record.DelegationTokenRecord;
import dev.millrace.quorum.record.RegisterControllerRecord;
import dev.millrace.quorum.record.RemoveAccessControlEntryRecord;
import dev.millrace.quorum.record.RemoveDelegationTokenRecord;
import dev.millrace.quorum.record.RemoveUserScramCredentialRecord;
import dev.millrace.quorum.record.UserScramCredentialRecord;
import dev.millrace.quorum.record.ZkMigrationStateRecord;
import dev.millrace.wire.Message;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Records of parts that Millrace does not act on yet (quotas, ACLs, SCRAM credentials, delegation
 * tokens, controllers): the latest of each, so that nothing is lost when a snapshot is written.
 */
public record KeptRecords(PMap<Key, Message> latest) {
  static final KeptRecords EMPTY = new KeptRecords(HashTreePMap.empty());

  /** What a record speaks of: its kind and everything that names the thing. */
  public record Key(short kind, Object name) {}

  /** What a SCRAM credential is for. */
  private record Credential(String user, byte mechanism) {}

  /** What a quota is for. */
  private record Quota(List<String> entity, String key) {}

  /** Every kept record of one kind. */
  public <T extends Message> Stream<T> of(Class<T> kind) {
    return latest.values().stream().filter(kind::isInstance).map(kind::cast);
  }

  /** The quota of this entity, or null when none is set. */
  public @Nullable ClientQuotaRecord quota(List<EntityData> entity, String key) {
    return (ClientQuotaRecord)
        latest.get(new Key(ClientQuotaRecord.KIND, new Quota(names(entity), key)));
  }

  /** The credential of this user, or null when there is none. */
  public @Nullable UserScramCredentialRecord credential(String user, byte mechanism) {
    return (UserScramCredentialRecord)
        latest.get(new Key(UserScramCredentialRecord.KIND, new Credential(user, mechanism)));
  }

  /** All of them, by kind and name, so that the same image always writes the same bytes. */
  Stream<Message> all() {
    return latest.entrySet().stream()
        .sorted(
            Comparator.comparingInt((Map.Entry<Key, Message> e) -> e.getKey().kind())
                .thenComparing(e -> e.getKey().name().toString()))
        .map(Map.Entry::getValue);
  }

  KeptRecords with(RegisterControllerRecord record) {
    return put(RegisterControllerRecord.KIND, record.controllerId(), record);
  }

  KeptRecords with(AccessControlEntryRecord record) {
    return put(AccessControlEntryRecord.KIND, record.id(), record);
  }

  KeptRecords without(RemoveAccessControlEntryRecord record) {
    return remove(AccessControlEntryRecord.KIND, record.id());
  }

  KeptRecords with(DelegationTokenRecord record) {
    return put(DelegationTokenRecord.KIND, record.tokenId(), record);
  }

  KeptRecords without(RemoveDelegationTokenRecord record) {
    return remove(DelegationTokenRecord.KIND, record.tokenId());
  }

  KeptRecords with(UserScramCredentialRecord record) {
    Credential credential = new Credential(record.name(), record.mechanism());
    return put(UserScramCredentialRecord.KIND, credential, record);
  }

  KeptRecords without(RemoveUserScramCredentialRecord record) {
    Credential credential = new Credential(record.name(), record.mechanism());
    return remove(UserScramCredentialRecord.KIND, credential);
  }

  KeptRecords with(ClientQuotaRecord record) {
    Quota quota = new Quota(names(record.entity()), record.key());
    return record.remove()
        ? remove(ClientQuotaRecord.KIND, quota)
        : put(ClientQuotaRecord.KIND, quota, record);
  }

  private static List<String> names(List<EntityData> entity) {
    return entity.stream()
        .map(part -> part.entityType() + name(part.entityName()))
        .sorted()
        .toList();
  }

  /** Nothing for the default of a type, which has no name. */
  private static String name(@Nullable String entityName) {
    return entityName == null ? "" : "=" + entityName;
  }

  KeptRecords with(ZkMigrationStateRecord record) {
    return put(ZkMigrationStateRecord.KIND, "", record);
  }

  private KeptRecords put(short kind, Object name, Message record) {
    return new KeptRecords(latest.plus(new Key(kind, name), record));
  }

  private KeptRecords remove(short kind, Object name) {
    return new KeptRecords(latest.minus(new Key(kind, name)));
  }
}
