package dev.millrace.registry.change;

import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Mode;
import dev.millrace.registry.image.Scoped;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.SchemaRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives a subject, a context or all another mode, or takes it back. IMPORT is for what is empty,
 * unless it is forced: what was deleted there is then gone for good. FORWARD is for all contexts
 * together. The reply is the mode that was set or taken back.
 *
 * @param subject a subject, a context or all
 * @param mode null to take it back
 * @param recursive whether modes of subjects in that context are taken back too
 */
public record ModeChange(SubjectName subject, @Nullable Mode mode, boolean force, boolean recursive)
    implements Change<Mode> {
  @Override
  public Decision<Mode> decide(Image image, long nowMs) {
    String scope = subject.text();
    Mode before = image.modes().at(scope);
    List<SchemaRecord> records = new ArrayList<>();
    if (mode == null && before == null && !scope.equals(Scoped.GLOBAL)) {
      throw Refusal.subjectNotFound(scope);
    }
    if (mode == Mode.FORWARD && !subject.context().equals(SubjectName.GLOBAL_CONTEXT)) {
      throw Refusal.invalidMode("Forward mode only supported on global level");
    }
    if (mode == Mode.IMPORT && image.modeFor(subject) != Mode.IMPORT && !force) {
      clear(image, records);
    }
    if (recursive) {
      image.modes().values().keySet().stream()
          .filter(other -> !other.equals(scope) && isInside(other))
          .sorted()
          .forEach(other -> records.add(new SchemaRecord.ModeSet(other, null)));
    }
    if (mode != before) {
      records.add(new SchemaRecord.ModeSet(scope, mode));
    }
    Mode told = mode != null ? mode : before != null ? before : Mode.READWRITE;
    return new Decision<>(
        records.size() > 1 ? Tidying.keepingIds(image, records) : List.copyOf(records), told);
  }

  private void clear(Image image, List<SchemaRecord> records) {
    for (Subject there : image.subjects()) {
      if (!isInside(there.name())) {
        continue;
      }
      if (!there.isDeleted()) {
        throw Refusal.notPermitted(
            "Cannot import since found existing subjects, subject="
                + there.name()
                + "; use force=true to import beside them");
      }
      for (Version version : there.all()) {
        if (image.referrers(version.place()).stream().anyMatch(from -> !isInside(from.subject()))) {
          throw Refusal.referenced(version.subject(), version.version());
        }
        records.add(new SchemaRecord.SchemaGone(version.subject(), version.version()));
      }
      records.add(new SchemaRecord.SubjectCleared(there.name()));
    }
  }

  private boolean isInside(String name) {
    return subject.name().isEmpty()
        ? SubjectName.parse(name).context().equals(subject.context())
        : name.equals(subject.text());
  }
}
