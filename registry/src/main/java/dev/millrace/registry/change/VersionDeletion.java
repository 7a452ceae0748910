package dev.millrace.registry.change;

import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.SchemaRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a version: first it is hidden, then, when asked for again, it is gone for good. What
 * others refer to stays.
 *
 * @param number or {@link Reference#LATEST}
 * @param permanent whether a version that is hidden goes for good
 */
public record VersionDeletion(SubjectName subject, int number, boolean permanent)
    implements Change<Integer> {
  @Override
  public Decision<Integer> decide(Image image, long nowMs) {
    Subject known = image.subject(subject.text());
    if (known == null) {
      throw Refusal.subjectNotFound(subject.text());
    }
    Version version = find(known);
    if (version == null) {
      throw Refusal.versionNotFound(number);
    }
    if (version.deleted() && !permanent) {
      throw Refusal.versionSoftDeleted(subject.text(), version.version());
    }
    if (!version.deleted() && permanent) {
      throw Refusal.versionNotSoftDeleted(subject.text(), version.version());
    }
    Tidying.checkWritable(image, subject);
    boolean isReferred =
        image.referrers(version.place()).stream().anyMatch(from -> permanent || !from.deleted());
    if (isReferred) {
      throw Refusal.referenced(subject.text(), version.version());
    }
    return new Decision<>(records(image, known, version, nowMs), version.version());
  }

  private List<SchemaRecord> records(Image image, Subject known, Version version, long nowMs) {
    List<SchemaRecord> records = new ArrayList<>();
    if (permanent) {
      records.add(new SchemaRecord.SchemaGone(subject.text(), version.version()));
      return Tidying.keepingIds(image, records);
    }
    records.add(
        new SchemaRecord.SchemaSet(
            new Version(
                version.subject(),
                version.version(),
                version.id(),
                version.definition(),
                true,
                nowMs)));
    if (known.live().size() == 1) {
      Tidying.forget(image, subject.text(), records);
    }
    return records;
  }

  private @Nullable Version find(Subject known) {
    if (number != Reference.LATEST) {
      return known.version(number);
    }
    return permanent ? known.last() : known.latest();
  }
}
