package dev.millrace.registry.rest;

import dev.millrace.registry.change.Refusal;
import java.util.List;

/**
 * {@code /associations}: none are kept here. Who asks for those of a resource or subject finds
 * none; who wants to make one is told so.
 */
final class AssociationRoutes {
  private AssociationRoutes() {}

  static Answer answer(Request request, List<String> path) {
    return switch (request.method()) {
      case "GET" -> {
        if (path.size() < 2 || path.size() > 3) {
          throw Rest.noSuchPath();
        }
        yield Answer.ofTexts(List.of());
      }
      case "DELETE" -> Answer.nothing();
      case "POST", "PUT" ->
          throw Refusal.invalidAssociation(
              "this registry keeps no associations of subjects with topics; subjects belong to topics"
                  + " by their names, and a topic asks for schemas with"
                  + " millrace.schema.value.validation");
      default -> throw Rest.noSuchMethod();
    };
  }
}
