package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.Definitions;
import dev.millrace.registry.change.Draft;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.change.Registration;
import dev.millrace.registry.change.Retagging;
import dev.millrace.registry.change.SubjectDeletion;
import dev.millrace.registry.change.VersionDeletion;
import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * {@code /subjects}: names, look-ups, versions, registration, deletion.
 *
 * @param registry what stands behind it
 * @param parsing where parsed schemas come from
 */
record SubjectRoutes(Registry registry, Parsing parsing) {

  Answer answer(Request request, List<String> path) {
    return switch (path.size()) {
      case 0 -> list(request);
      case 1 -> subject(request, path.getFirst());
      default ->
          switch (path.get(1)) {
            case "versions" -> versions(request, path.getFirst(), path.subList(2, path.size()));
            case "metadata" -> {
              if (path.size() > 2) {
                throw Rest.noSuchPath();
              }
              yield withMetadata(request, path.getFirst());
            }
            default -> throw Rest.noSuchPath();
          };
    };
  }

  private Answer list(Request request) {
    only("GET", request);
    Predicate<String> wanted = Names.prefix(request.text("subjectPrefix", ":*:"));
    boolean deleted = request.flag("deleted");
    boolean deletedOnly = request.flag("deletedOnly");
    List<String> names = new ArrayList<>();
    for (Subject subject : registry.fresh().subjects()) {
      boolean shown = deletedOnly ? subject.isDeleted() : deleted || !subject.isDeleted();
      if (shown && wanted.test(subject.name())) {
        names.add(subject.name());
      }
    }
    return Answer.ofTexts(Names.page(request, names));
  }

  private Answer subject(Request request, String name) {
    return switch (request.method()) {
      case "POST" -> lookUp(request, name);
      case "DELETE" -> {
        SubjectName subject = Names.subject(registry.image(), name);
        yield Answer.ofNumbers(
            registry.change(new SubjectDeletion(subject, request.flag("permanent"))));
      }
      default -> throw Rest.noSuchMethod();
    };
  }

  private Answer lookUp(Request request, String name) {
    Draft draft = Body.draft(request);
    Image image = registry.fresh();
    SubjectName subject = Names.subject(image, name);
    Subject known = image.subject(subject.text());
    boolean deleted = request.flag("deleted");
    if (known == null || (known.isDeleted() && !deleted)) {
      throw Refusal.subjectNotFound(subject.text());
    }
    Definition asked =
        new Definitions(parsing)
            .asWritten(new Definitions.Place(image, subject, request.flag("normalize")), draft)
            .definition();
    Version found = Definitions.find(known, asked, deleted);
    if (found == null) {
      throw Refusal.schemaNotFound();
    }
    return Answer.of(shown().version(image, found, request.text("format", "")));
  }

  private Answer versions(Request request, String name, List<String> path) {
    if (path.isEmpty()) {
      return switch (request.method()) {
        case "GET" -> numbers(request, name);
        case "POST" -> register(request, name);
        default -> throw Rest.noSuchMethod();
      };
    }
    int number = Names.version(path.getFirst());
    if (path.size() == 1) {
      return switch (request.method()) {
        case "GET" -> {
          Image image = registry.fresh();
          Version version = version(image, name, number, request.flag("deleted"));
          ObjectNode node = shown().version(image, version, request.text("format", ""));
          Shown.extend(
              node, version.definition(), SubjectName.parse(version.subject()).context(), request);
          yield Answer.of(node);
        }
        case "DELETE" -> delete(request, name, number);
        default -> throw Rest.noSuchMethod();
      };
    }
    if (path.size() > 2) {
      throw Rest.noSuchPath();
    }
    if (path.get(1).equals("tags")) {
      return retag(request, name, number);
    }
    only("GET", request);
    Image image = registry.fresh();
    return switch (path.get(1)) {
      case "schema" -> {
        Version version = version(image, name, number, request.flag("deleted"));
        yield Answer.ofText(shown().text(image, version, request.text("format", "")));
      }
      case "referencedby" -> referrers(request, image, version(image, name, number, true));
      default -> throw Rest.noSuchPath();
    };
  }

  private Answer numbers(Request request, String name) {
    Image image = registry.fresh();
    SubjectName subject = Names.subject(image, name);
    Subject known = image.subject(subject.text());
    if (known == null) {
      throw Refusal.subjectNotFound(subject.text());
    }
    boolean deletedOnly = request.flag("deletedOnly");
    boolean asNegative = request.flag("deletedAsNegative");
    boolean deleted = request.flag("deleted") || asNegative;
    List<Integer> numbers = new ArrayList<>();
    for (Version version : known.all()) {
      if (deletedOnly ? version.deleted() : deleted || !version.deleted()) {
        numbers.add(asNegative && version.deleted() ? -version.version() : version.version());
      }
    }
    if (numbers.isEmpty()) {
      throw Refusal.subjectNotFound(subject.text());
    }
    return Answer.ofNumbers(Names.page(request, numbers));
  }

  private Answer register(Request request, String name) {
    Draft draft = Body.draft(request);
    SubjectName subject = Names.subject(registry.image(), name);
    Version version =
        registry.change(
            new Registration(
                parsing, subject, draft, request.flag("normalize"), request.flag("force")));
    return registered(request, version);
  }

  /** A version again, with other tags, metadata or rules. */
  private Answer retag(Request request, String name, int number) {
    only("POST", request);
    Retagging.Wanted wanted = Body.retagging(request);
    SubjectName subject = Names.subject(registry.image(), name);
    return registered(request, registry.change(new Retagging(parsing, subject, number, wanted)));
  }

  private Answer registered(Request request, Version version) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("id", version.id());
    answer.put("version", version.version());
    String format = request.text("format", "");
    Shown.put(
        answer,
        version.definition(),
        format.isEmpty()
            ? version.definition().text()
            : shown().text(registry.image(), version, format));
    answer.put("ts", version.timestampMs());
    return Answer.of(answer);
  }

  private Answer delete(Request request, String name, int number) {
    SubjectName subject = Names.subject(registry.image(), name);
    Integer deleted =
        registry.change(new VersionDeletion(subject, number, request.flag("permanent")));
    return Answer.of(JsonNodeFactory.instance.numberNode(deleted));
  }

  private static Answer referrers(Request request, Image image, Version version) {
    TreeSet<Integer> ids = new TreeSet<>();
    boolean deleted = request.flag("deleted") || request.flag("deletedOnly");
    for (Version from : image.referrers(version.place())) {
      if (deleted || !from.deleted()) {
        ids.add(from.id());
      }
    }
    return Answer.ofNumbers(Names.page(request, List.copyOf(ids)));
  }

  /** The latest version with some properties in its metadata. */
  private Answer withMetadata(Request request, String name) {
    only("GET", request);
    Image image = registry.fresh();
    SubjectName subject = Names.subject(image, name);
    Subject known = image.subject(subject.text());
    boolean deleted = request.flag("deleted");
    if (known == null || (known.isDeleted() && !deleted)) {
      throw Refusal.subjectNotFound(subject.text());
    }
    List<String> keys = request.texts("key");
    List<String> values = request.texts("value");
    for (Version version : known.all().reversed()) {
      if ((deleted || !version.deleted()) && hasProperties(version, keys, values)) {
        return Answer.of(shown().version(image, version, request.text("format", "")));
      }
    }
    throw Refusal.schemaNotFound();
  }

  private static boolean hasProperties(Version version, List<String> keys, List<String> values) {
    var metadata = version.definition().metadata();
    for (int i = 0; i < Math.min(keys.size(), values.size()); i++) {
      if (metadata == null
          || !metadata.path("properties").path(keys.get(i)).asText("").equals(values.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Version version(Image image, String name, int number, boolean deleted) {
    SubjectName subject = Names.subject(image, name);
    Subject known = image.subject(subject.text());
    if (known == null || (known.isDeleted() && !deleted)) {
      throw Refusal.subjectNotFound(subject.text());
    }
    Version version =
        number != Reference.LATEST
            ? known.version(number)
            : deleted ? known.last() : known.latest();
    if (version == null || (version.deleted() && !deleted)) {
      throw Refusal.versionNotFound(number);
    }
    return version;
  }

  private Shown shown() {
    return new Shown(parsing);
  }

  static void only(String method, Request request) {
    if (!request.method().equals(method)) {
      throw Rest.noSuchMethod();
    }
  }
}
