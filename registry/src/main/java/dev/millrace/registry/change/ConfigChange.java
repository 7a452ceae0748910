package dev.millrace.registry.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.record.SchemaRecord;
import java.util.List;
import java.util.Map;

/**
 * Changes settings: what is named gets its new value or, where that is null, goes; what is not
 * named stays. The reply is what was asked for.
 *
 * @param subject a subject, a context or all
 * @param wanted by names of {@link Config}
 */
public record ConfigChange(SubjectName subject, ObjectNode wanted) implements Change<ObjectNode> {
  @Override
  public Decision<ObjectNode> decide(Image image, long nowMs) {
    Tidying.checkWritable(image, subject);
    Config before = image.configs().at(subject.text());
    ObjectNode fields =
        before == null ? Config.EMPTY.fields().deepCopy() : before.fields().deepCopy();
    for (Map.Entry<String, JsonNode> field : wanted.properties()) {
      if (field.getValue().isNull()) {
        fields.remove(field.getKey());
      } else {
        fields.set(field.getKey(), field.getValue());
      }
    }
    Config after = new Config(fields);
    if (after.field(Config.LEVEL) != null && after.level() == null) {
      throw Refusal.invalidLevel();
    }
    Merging.check(after.field(Config.DEFAULT_RULES));
    Merging.check(after.field(Config.OVERRIDE_RULES));
    return after.equals(before)
        ? Decision.nothing(wanted)
        : new Decision<>(List.of(new SchemaRecord.ConfigSet(subject.text(), after)), wanted);
  }
}
