package dev.millrace.quorum.control;

import dev.millrace.quorum.record.ClientQuotaRecord;
import dev.millrace.quorum.record.ClientQuotaRecord.EntityData;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes quotas of clients (KIP-546). Each entity counts for itself: all of its changes or none;
 * outcomes stand in the order of the request. Quotas are kept and shown, not enforced yet.
 *
 * @param validateOnly all checks, no change
 */
public record AlterClientQuotas(List<EntityChange> entities, boolean validateOnly)
    implements Command<List<Outcome<Integer>>> {
  /** A quota to set, or to take away. */
  public record Change(String key, double value, boolean remove) {}

  /** The changes of one entity. */
  public record EntityChange(List<EntityData> entity, List<Change> changes) {}

  /** Replies how many quotas of each entity changed. */
  @Override
  public Decision<List<Outcome<Integer>>> decide(Rules rules) {
    List<Message> records = new ArrayList<>();
    List<Outcome<Integer>> outcomes = new ArrayList<>(entities.size());
    for (EntityChange entity : entities) {
      outcomes.add(
          Rules.attempt(() -> {
            List<Message> own = records(rules, entity);
            records.addAll(own);
            return own.size();
          }));
    }
    return new Decision<>(validateOnly ? List.of() : records, Outcome.done(outcomes));
  }

  private static List<Message> records(Rules rules, EntityChange change) {
    List<EntityData> entity = change.entity();
    QuotaRules.checkEntity(entity);
    List<Message> records = new ArrayList<>();
    for (Change one : change.changes()) {
      ClientQuotaRecord before = rules.image().kept().quota(entity, one.key());
      if (!one.remove()) {
        QuotaRules.checkValue(entity, one.key(), one.value());
        if (before == null || before.value() != one.value()) {
          records.add(new ClientQuotaRecord(entity, one.key(), one.value(), false));
        }
      } else if (before != null) {
        records.add(new ClientQuotaRecord(entity, one.key(), 0, true));
      }
    }
    return records;
  }
}
