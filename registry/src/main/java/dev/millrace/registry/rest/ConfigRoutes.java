package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.ConfigChange;
import dev.millrace.registry.change.ConfigRemoval;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Scoped;
import dev.millrace.registry.image.SubjectName;
import java.util.List;

/**
 * {@code /config}: settings of all, of contexts, of subjects.
 *
 * @param registry what stands behind it
 */
record ConfigRoutes(Registry registry) {

  Answer answer(Request request, List<String> path) {
    if (path.size() > 1) {
      throw Rest.noSuchPath();
    }
    SubjectName scope = SubjectName.parse(path.isEmpty() ? Scoped.GLOBAL : path.getFirst());
    if (!scope.isScope()) {
      throw Refusal.invalidSubject(path.getFirst());
    }
    return switch (request.method()) {
      case "GET" -> get(request, scope);
      case "PUT" -> {
        ObjectNode wanted = registry.change(new ConfigChange(scope, Body.config(request)));
        yield Answer.of(shown(wanted, "compatibility"));
      }
      case "DELETE" ->
          Answer.of(
              withLevel(shown(registry.change(new ConfigRemoval(scope)).fields(), Config.LEVEL)));
      default -> throw Rest.noSuchMethod();
    };
  }

  private Answer get(Request request, SubjectName scope) {
    Image image = registry.fresh();
    if (scope.text().equals(Scoped.GLOBAL) || request.flag("defaultToGlobal")) {
      return Answer.of(withLevel(shown(image.configFor(scope).fields(), Config.LEVEL)));
    }
    Config own = image.configs().at(scope.text());
    if (own == null) {
      throw Refusal.noConfig(scope.text());
    }
    return Answer.of(shown(own.fields(), Config.LEVEL));
  }

  private static ObjectNode withLevel(ObjectNode shown) {
    if (!shown.has(Config.LEVEL)) {
      shown.put(Config.LEVEL, Config.LEVEL_DEFAULT.name());
    }
    return shown;
  }

  private static ObjectNode shown(ObjectNode fields, String levelName) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (String name : Config.NAMES) {
      if (fields.has(name)) {
        node.set(name.equals(Config.LEVEL) ? levelName : name, fields.get(name));
      }
    }
    return node;
  }
}
