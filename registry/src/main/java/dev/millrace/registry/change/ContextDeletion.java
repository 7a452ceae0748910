package dev.millrace.registry.change;

import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.record.SchemaRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes what is said for a context without subjects. Its ids stay given.
 *
 * @param context begins with a dot
 */
public record ContextDeletion(String context) implements Change<String> {
  @Override
  public Decision<String> decide(Image image, long nowMs) {
    SubjectName all = new SubjectName(context, "");
    Tidying.checkWritable(image, all);
    boolean isUsed =
        image.subjects().stream()
            .anyMatch(subject -> SubjectName.parse(subject.name()).context().equals(context));
    if (isUsed) {
      throw Refusal.contextNotEmpty(context);
    }
    List<SchemaRecord> records = new ArrayList<>();
    if (image.isNamed(context)) {
      records.add(new SchemaRecord.ContextGone(context));
    }
    Tidying.forget(image, all.text(), records);
    return new Decision<>(records, context);
  }
}
