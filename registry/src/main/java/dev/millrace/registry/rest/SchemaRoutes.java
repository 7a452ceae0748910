package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.IdSpace.Identified;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.schema.SchemaType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code /schemas}: by id, by guid, all of them.
 *
 * @param registry what stands behind it
 * @param parsing where parsed schemas come from
 */
record SchemaRoutes(Registry registry, Parsing parsing) {

  Answer answer(Request request, List<String> path) {
    SubjectRoutes.only("GET", request);
    if (path.isEmpty()) {
      return new SchemaListing(registry, parsing).answer(request);
    }
    List<String> rest = path.subList(1, path.size());
    return switch (path.getFirst()) {
      case "ids" -> byId(request, rest);
      case "guids" -> byGuid(request, rest);
      case "types" ->
          Answer.ofTexts(Arrays.stream(SchemaType.values()).map(SchemaType::name).toList());
      default -> throw Rest.noSuchPath();
    };
  }

  private Answer byId(Request request, List<String> path) {
    if (path.isEmpty()) {
      throw Rest.noSuchPath();
    }
    int id = id(path.getFirst());
    SubjectName subject = SubjectName.parse(request.text("subject", ""));
    boolean isText = path.size() == 1 || path.get(1).equals("schema");
    Image image = isText ? registry.image() : registry.fresh();
    Identified found = find(image, id, subject);
    if (found == null && isText) {
      image = registry.fresh();
      found = find(image, id, subject);
    }
    if (found == null) {
      throw Refusal.schemaNotFound(Integer.toString(id));
    }
    return path.size() == 1
        ? schema(request, image, found)
        : switch (path.get(1)) {
          case "schema" ->
              Answer.ofText(
                  new Shown(parsing)
                      .text(image, found.definition(), context(found), request.text("format", "")));
          case "subjects" ->
              Answer.ofTexts(
                  Names.page(
                      request,
                      List.copyOf(
                          new TreeSet<>(
                              places(request, image, found).stream()
                                  .map(Version::subject)
                                  .toList()))));
          case "versions" -> versions(request, image, found);
          default -> throw Rest.noSuchPath();
        };
  }

  private Answer schema(Request request, Image image, Identified found) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    String context = context(found);
    Shown.put(
        node,
        found.definition(),
        new Shown(parsing).text(image, found.definition(), context, request.text("format", "")));
    Shown.extend(node, found.definition(), context, request);
    if (request.flag("fetchMaxId")) {
      node.put("maxId", image.ids(context).maxId());
    }
    return Answer.of(node);
  }

  private static Answer versions(Request request, Image image, Identified found) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Version version : Names.page(request, places(request, image, found))) {
      array.addObject().put("subject", version.subject()).put("version", version.version());
    }
    return Answer.of(array);
  }

  private static List<Version> places(Request request, Image image, Identified found) {
    Predicate<String> wanted =
        request.text("subject") == null ? name -> true : name -> isWanted(request, name);
    List<Version> versions = new ArrayList<>();
    for (Version.Place place : found.places()) {
      Version version = image.version(place);
      if (version != null
          && (request.flag("deleted") || !version.deleted())
          && wanted.test(version.subject())) {
        versions.add(version);
      }
    }
    versions.sort(Comparator.comparing(Version::subject).thenComparingInt(Version::version));
    return versions;
  }

  /** A subject's name filters; a context alone does not. */
  private static boolean isWanted(Request request, String name) {
    SubjectName subject = SubjectName.parse(request.text("subject", ""));
    return subject.name().isEmpty() || subject.text().equals(name);
  }

  private Answer byGuid(Request request, List<String> path) {
    if (path.isEmpty()) {
      throw Rest.noSuchPath();
    }
    UUID guid = guid(path.getFirst());
    Image image = registry.image();
    List<Identified> found = find(image, guid);
    if (found.isEmpty() || path.size() > 1) {
      image = registry.fresh();
      found = find(image, guid);
    }
    if (found.isEmpty()) {
      throw Refusal.schemaNotFound(path.getFirst());
    }
    if (path.size() == 1) {
      return schema(request, image, found.getFirst());
    }
    if (!path.get(1).equals("ids")) {
      throw Rest.noSuchPath();
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Identified one : found) {
      array.addObject().put("context", context(one)).put("id", one.id());
    }
    return Answer.of(array);
  }

  private static List<Identified> find(Image image, UUID guid) {
    List<Identified> found = new ArrayList<>();
    for (String context : image.contexts()) {
      Integer id = image.ids(context).byGuid().get(guid);
      Identified one = id == null ? null : image.ids(context).byId().get(id);
      if (one != null) {
        found.add(one);
      }
    }
    return found;
  }

  /** In the subject's context; a subject without one may be in any that has it with this id. */
  private static @Nullable Identified find(Image image, int id, SubjectName subject) {
    Identified found = image.ids(subject.context()).byId().get(id);
    if (found != null || subject.name().isEmpty() || !subject.isInDefaultContext()) {
      return found;
    }
    for (String context : image.contexts()) {
      Identified other = image.ids(context).byId().get(id);
      String name = new SubjectName(context, subject.name()).text();
      if (other != null
          && other.places().stream().anyMatch(place -> place.subject().equals(name))) {
        return other;
      }
    }
    return null;
  }

  private static String context(Identified found) {
    return SubjectName.parse(found.places().iterator().next().subject()).context();
  }

  private static int id(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw Rest.noSuchPath();
    }
  }

  private static UUID guid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.schemaNotFound(text);
    }
  }
}
