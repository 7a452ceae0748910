package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.quorum.record.RemoveUserScramCredentialRecord;
import dev.millrace.quorum.record.UserScramCredentialRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Sets and takes away SCRAM credentials of users (KIP-554). Each user counts for itself: all of its
 * changes or none. Credentials are kept and shown; no listener asks for them yet. The sentences of
 * errors are Kafka's, because programs and tests compare them.
 */
public record AlterScramCredentials(List<Removal> removals, List<Setting> settings)
    implements Command<Map<String, Outcome<Integer>>> {
  /** A credential to take away. */
  public record Removal(String user, byte mechanism) {}

  /** A credential to set. */
  public record Setting(
      String user, byte mechanism, int iterations, Bytes salt, Bytes saltedPassword) {
    /** Without what the password could be guessed from. */
    @Override
    public String toString() {
      return "Setting[user=" + user + ", mechanism=" + mechanism + "]";
    }
  }

  private record Credential(String user, byte mechanism) {}

  /** Replies how many credentials of each user changed, in the order of the request. */
  @Override
  public Decision<Map<String, Outcome<Integer>>> decide(Rules rules) {
    Map<String, List<Supplier<Message>>> byUser = new LinkedHashMap<>();
    Set<Credential> named = new HashSet<>();
    for (Removal removal : removals) {
      Credential credential = new Credential(removal.user(), removal.mechanism());
      add(byUser, named, credential, () -> record(rules, removal));
    }
    for (Setting setting : settings) {
      Credential credential = new Credential(setting.user(), setting.mechanism());
      add(byUser, named, credential, () -> record(setting));
    }
    List<Message> records = new ArrayList<>();
    Map<String, Outcome<Integer>> outcomes = new LinkedHashMap<>();
    byUser.forEach((user, changes) ->
        outcomes.put(
            user,
            Rules.attempt(() -> {
              List<Message> own = changes.stream().map(Supplier::get).toList();
              records.addAll(own);
              return own.size();
            })));
    return new Decision<>(records, Outcome.done(outcomes));
  }

  private static void add(
      Map<String, List<Supplier<Message>>> byUser,
      Set<Credential> named,
      Credential credential,
      Supplier<Message> change) {
    boolean isFirst = named.add(credential);
    byUser
        .computeIfAbsent(credential.user(), _ -> new ArrayList<>())
        .add(
            isFirst
                ? change
                : () ->
                    refuse(
                        ErrorCode.DUPLICATE_RESOURCE,
                        "A user credential cannot be altered twice in the same request"));
  }

  private static Message record(Rules rules, Removal removal) {
    check(removal.user(), removal.mechanism());
    if (rules.image().kept().credential(removal.user(), removal.mechanism()) == null) {
      return refuse(
          ErrorCode.RESOURCE_NOT_FOUND, "Attempt to delete a user credential that does not exist");
    }
    return new RemoveUserScramCredentialRecord(removal.user(), removal.mechanism());
  }

  private static Message record(Setting setting) {
    ScramMechanism mechanism = check(setting.user(), setting.mechanism());
    if (setting.iterations() < ScramMechanism.ITERATIONS_MIN) {
      return refuse(ErrorCode.UNACCEPTABLE_CREDENTIAL, "Too few iterations");
    }
    if (setting.iterations() > ScramMechanism.ITERATIONS_MAX) {
      return refuse(ErrorCode.UNACCEPTABLE_CREDENTIAL, "Too many iterations");
    }
    if (setting.salt().isEmpty() || setting.saltedPassword().isEmpty()) {
      return refuse(ErrorCode.UNACCEPTABLE_CREDENTIAL, "salt or password is empty");
    }
    ScramMechanism.Keys keys = mechanism.keys(setting.saltedPassword());
    return UserScramCredentialRecord.builder()
        .name(setting.user())
        .mechanism(setting.mechanism())
        .salt(setting.salt())
        .storedKey(keys.stored())
        .serverKey(keys.server())
        .iterations(setting.iterations())
        .build();
  }

  private static ScramMechanism check(String user, byte mechanism) {
    if (user.isEmpty()) {
      refuse(ErrorCode.UNACCEPTABLE_CREDENTIAL, "Username must not be empty");
    }
    ScramMechanism known = ScramMechanism.ofNumber(mechanism);
    if (known == null) {
      throw new RefusedException(ErrorCode.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
    }
    return known;
  }

  private static Message refuse(ErrorCode error, String message) {
    throw new RefusedException(error, message);
  }
}
