package dev.millrace.registry.change;

import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Scoped;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.record.SchemaRecord;
import java.util.List;

/**
 * Takes settings back, so that wider ones hold. The reply is what they were.
 *
 * @param subject a subject, a context or all
 */
public record ConfigRemoval(SubjectName subject) implements Change<Config> {
  @Override
  public Decision<Config> decide(Image image, long nowMs) {
    Tidying.checkWritable(image, subject);
    String scope = subject.text();
    Config before = image.configs().at(scope);
    if (before == null) {
      if (scope.equals(Scoped.GLOBAL)) {
        return Decision.nothing(Config.EMPTY);
      }
      throw Refusal.subjectNotFound(scope);
    }
    return new Decision<>(List.of(new SchemaRecord.ConfigSet(scope, null)), before);
  }
}
