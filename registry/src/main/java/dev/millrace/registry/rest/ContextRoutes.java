package dev.millrace.registry.rest;

import dev.millrace.registry.change.ContextDeletion;
import java.util.List;
import java.util.Objects;

/**
 * {@code /contexts}: which there are, and their end.
 *
 * @param registry what stands behind it
 */
record ContextRoutes(Registry registry) {

  Answer answer(Request request, List<String> path) {
    if (path.isEmpty()) {
      SubjectRoutes.only("GET", request);
      String prefix = request.text("contextPrefix", "");
      List<String> contexts =
          registry.fresh().contexts().stream().filter(name -> name.startsWith(prefix)).toList();
      return Answer.ofTexts(Names.page(request, contexts));
    }
    if (path.size() > 1) {
      throw Rest.noSuchPath();
    }
    SubjectRoutes.only("DELETE", request);
    String context = ContextPath.contextOf(path.getFirst());
    String deleted = registry.change(new ContextDeletion(context));
    return Objects.equals(deleted, context) ? Answer.nothing() : Answer.ofText(deleted);
  }
}
