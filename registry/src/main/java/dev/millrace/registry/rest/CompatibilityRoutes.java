package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.Compatibility;
import dev.millrace.registry.change.Definitions;
import dev.millrace.registry.change.Draft;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /compatibility/subjects/{subject}/versions[/{version}]}: would a schema be taken?
 *
 * @param registry what stands behind it
 * @param parsing where parsed schemas come from
 */
record CompatibilityRoutes(Registry registry, Parsing parsing) {
  private static final int ALL_VERSIONS = 3;
  private static final int ONE_VERSION = 4;

  Answer answer(Request request, List<String> path) {
    boolean isKnown =
        (path.size() == ALL_VERSIONS || path.size() == ONE_VERSION)
            && path.getFirst().equals("subjects")
            && path.get(2).equals("versions");
    if (!isKnown) {
      throw Rest.noSuchPath();
    }
    SubjectRoutes.only("POST", request);
    Draft draft = Body.draft(request);
    Image image = registry.fresh();
    SubjectName subject = Names.subject(image, path.get(1));
    List<Version> versions =
        path.size() == ONE_VERSION
            ? one(image, subject, Names.version(path.get(3)))
            : all(image.subject(subject.text()));
    Definitions.Place place = new Definitions.Place(image, subject, request.flag("normalize"));
    Definitions definitions = new Definitions(parsing);
    Definitions.Defined written = definitions.asWritten(place, draft);
    List<String> objections =
        new Compatibility(parsing)
            .objections(
                new Compatibility.Question(
                    image,
                    subject,
                    definitions.completed(place, written.definition()),
                    written.schema()),
                versions);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("is_compatible", objections.isEmpty());
    if (request.flag("verbose")) {
      var messages = answer.putArray("messages");
      objections.forEach(messages::add);
    }
    return Answer.of(answer);
  }

  private static List<Version> all(@Nullable Subject known) {
    return known == null ? List.of() : known.live();
  }

  /** The latest of a subject that is not there is nothing, a version by number is an error. */
  private static List<Version> one(Image image, SubjectName subject, int number) {
    Subject known = image.subject(subject.text());
    if (number == Reference.LATEST) {
      Version latest = known == null ? null : known.latest();
      return latest == null ? List.of() : List.of(latest);
    }
    if (known == null || known.isDeleted()) {
      throw Refusal.subjectNotFound(subject.text());
    }
    Version version = known.version(number);
    if (version == null || version.deleted()) {
      throw Refusal.versionNotFound(number);
    }
    return List.of(version);
  }
}
