package dev.millrace.registry.change;

import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.SchemaRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes all versions of a subject: first they are hidden, then, when asked for again, they are
 * gone for good. The reply is their numbers.
 *
 * @param permanent whether a subject that is hidden goes for good
 */
public record SubjectDeletion(SubjectName subject, boolean permanent)
    implements Change<List<Integer>> {
  @Override
  public Decision<List<Integer>> decide(Image image, long nowMs) {
    Subject known = image.subject(subject.text());
    if (known == null) {
      throw Refusal.subjectNotFound(subject.text());
    }
    if (known.isDeleted() && !permanent) {
      throw Refusal.subjectSoftDeleted(subject.text());
    }
    if (!known.isDeleted() && permanent) {
      throw Refusal.subjectNotSoftDeleted(subject.text());
    }
    Tidying.checkWritable(image, subject);
    List<Version> going = permanent ? known.all() : known.live();
    going.forEach(version -> checkReferrers(image, version));
    List<SchemaRecord> records = new ArrayList<>();
    if (permanent) {
      going.forEach(
          version -> records.add(new SchemaRecord.SchemaGone(subject.text(), version.version())));
    } else {
      records.add(
          new SchemaRecord.SubjectDeleted(subject.text(), going.getLast().version(), nowMs));
      Tidying.forget(image, subject.text(), records);
    }
    return new Decision<>(
        permanent ? Tidying.keepingIds(image, records) : records,
        going.stream().map(Version::version).toList());
  }

  private void checkReferrers(Image image, Version version) {
    boolean isReferred =
        image.referrers(version.place()).stream()
            .filter(from -> !from.subject().equals(subject.text()))
            .anyMatch(from -> permanent || !from.deleted());
    if (isReferred) {
      throw Refusal.referenced(subject.text(), version.version());
    }
  }
}
