package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.registry.change.ModeChange;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Mode;
import dev.millrace.registry.image.Scoped;
import dev.millrace.registry.image.SubjectName;
import java.util.List;

/**
 * {@code /mode}: what may be done to all, to contexts, to subjects.
 *
 * @param registry what stands behind it
 */
record ModeRoutes(Registry registry) {

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
      case "PUT" -> put(request, scope);
      case "DELETE" -> {
        Mode taken = registry.change(new ModeChange(scope, null, false, request.flag("recursive")));
        yield told(taken);
      }
      default -> throw Rest.noSuchMethod();
    };
  }

  private Answer get(Request request, SubjectName scope) {
    Image image = registry.fresh();
    if (scope.text().equals(Scoped.GLOBAL) || request.flag("defaultToGlobal")) {
      return told(image.modeFor(scope));
    }
    Mode own = image.modes().at(scope.text());
    if (own == null) {
      throw Refusal.noMode(scope.text());
    }
    return told(own);
  }

  private Answer put(Request request, SubjectName scope) {
    Mode mode = Mode.named(Body.mode(request));
    if (mode == null) {
      throw Refusal.invalidMode();
    }
    return told(
        registry.change(
            new ModeChange(scope, mode, request.flag("force"), request.flag("recursive"))));
  }

  private static Answer told(Mode mode) {
    return Answer.of(JsonNodeFactory.instance.objectNode().put("mode", mode.name()));
  }
}
