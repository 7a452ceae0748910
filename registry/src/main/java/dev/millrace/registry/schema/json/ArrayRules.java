package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.registry.schema.Difference;
import dev.millrace.registry.schema.rules.Findings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Arrays: items that have a place ({@code prefixItems}, before 2020-12 an array of {@code items}),
 * and the rest behind them, which is a content model as that of objects.
 */
final class ArrayRules {
  private final Findings<ShapePair> findings;
  private final Shape.Typed reader;
  private final Shape.Typed writer;

  ArrayRules(Findings<ShapePair> findings, Shape.Typed reader, Shape.Typed writer) {
    this.findings = findings;
    this.reader = reader;
    this.writer = writer;
  }

  void compare() {
    boolean open = reader.has("unevaluatedItems") && reader.shapes().inPlace(reader.schema());
    if (open) {
      if (!reader.shapes().same(reader.schema(), writer.shapes(), writer.schema())) {
        findings.difference(
            "UNEVALUATED_ITEMS_NARROWED",
            "/unevaluatedItems",
            "which items are left to unevaluatedItems depends on other schemas at the same place, so a change is not known to be safe; use items, or keep the schema as it is");
      }
      return;
    }
    List<Shape> before = places(writer);
    List<Shape> after = places(reader);
    for (int place = 0; place < Math.max(before.size(), after.size()); place++) {
      String path = "/items/" + place;
      if (place >= after.size()) {
        removed(before.get(place), path);
      } else if (place >= before.size()) {
        added(after.get(place), path);
      } else {
        findings.need(path, new ShapePair(after.get(place), before.get(place)));
      }
    }
    rest(before.isEmpty() && after.isEmpty());
    contains();
    if (reader.schema().path("uniqueItems").asBoolean(false)
        && !writer.schema().path("uniqueItems").asBoolean(false)) {
      findings.difference(
          "UNIQUE_ITEMS_ADDED",
          "/uniqueItems",
          "items have to differ from each other now; take that back");
    }
    TypedRules.upper(findings, writer.schema(), reader.schema(), "maxItems", "MAX_ITEMS");
    TypedRules.lower(findings, writer.schema(), reader.schema(), "minItems", "MIN_ITEMS");
  }

  private void removed(Shape before, String path) {
    Shape rest = rest(reader, false);
    if (rest instanceof Shape.Nothing) {
      if (!(before instanceof Shape.Nothing)) {
        findings.difference(
            "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL",
            path,
            "the item at this place is gone and no more items are accepted; keep it");
      }
    } else {
      findings.needOneOf(
          List.of(new ShapePair(rest, before)),
          new Difference(
              "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
              path,
              "the item at this place is gone and what is said about further items does not accept it; keep it"));
    }
  }

  private void added(Shape after, String path) {
    Shape rest = rest(writer, true);
    if (rest instanceof Shape.Everything && !(after instanceof Shape.Everything)) {
      findings.difference(
          "ITEM_ADDED_TO_OPEN_CONTENT_MODEL",
          path,
          "the item at this place is new, and arrays written before may hold anything there; let it accept anything");
    } else {
      findings.needOneOf(
          List.of(new ShapePair(after, rest)),
          new Difference(
              "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
              path,
              "the item at this place is new and does not accept what was allowed there before; make it wider"));
    }
  }

  private void rest(boolean alike) {
    Shape before = rest(writer, true);
    Shape after = rest(reader, false);
    if (alike && reader.has("items")) {
      if (before instanceof Shape.Everything && !(after instanceof Shape.Everything)) {
        findings.difference("SCHEMA_ADDED", "/items", "items could be anything before; keep that");
      } else {
        findings.need("/items", new ShapePair(after, before));
      }
      return;
    }
    String keyword =
        reader.has("unevaluatedItems") && !reader.has("additionalItems") && !reader.has("items")
            ? "unevaluatedItems"
            : "additionalItems";
    String rule = keyword.equals("additionalItems") ? "ADDITIONAL_ITEMS" : "UNEVALUATED_ITEMS";
    if (after instanceof Shape.Nothing && !(before instanceof Shape.Nothing)) {
      findings.difference(
          rule + "_REMOVED",
          "/" + keyword,
          "further items are refused now, and were allowed before; keep allowing them");
    } else if (before instanceof Shape.Everything && !(after instanceof Shape.Everything)) {
      findings.difference(
          rule + "_NARROWED", "/" + keyword, "further items could be anything before; keep that");
    } else {
      findings.need("/" + keyword, new ShapePair(after, before));
    }
  }

  private void contains() {
    if (!reader.has("contains")) {
      return;
    }
    TypedRules.upper(findings, writer.schema(), reader.schema(), "maxContains", "MAX_CONTAINS");
    BigDecimal least = least(reader);
    if (!writer.has("contains")) {
      if (least.signum() > 0 || reader.has("maxContains")) {
        findings.difference(
            "SCHEMA_ADDED",
            "/contains",
            "an item of a certain kind has to be there now; take that back");
      }
      return;
    }
    if (least.signum() > 0) {
      findings.need("/contains", new ShapePair(reader.inner("contains"), writer.inner("contains")));
    }
    if (reader.has("maxContains")) {
      // more items would count if it accepted more
      findings.need("/contains", new ShapePair(writer.inner("contains"), reader.inner("contains")));
    }
    if (least.compareTo(least(writer)) > 0) {
      findings.difference(
          writer.has("minContains") ? "MIN_CONTAINS_INCREASED" : "MIN_CONTAINS_ADDED",
          "/minContains",
          "more items of a certain kind have to be there now, minContains=" + least);
    }
  }

  private static BigDecimal least(Shape.Typed array) {
    BigDecimal said = TypedRules.number(array.schema(), "minContains");
    return said == null ? BigDecimal.ONE : said;
  }

  private static List<Shape> places(Shape.Typed array) {
    JsonNode tuple =
        array.has("prefixItems") ? array.schema().get("prefixItems") : array.schema().path("items");
    List<Shape> places = new ArrayList<>();
    if (tuple.isArray()) {
      tuple.forEach(item -> places.add(array.shapes().shape(item)));
    }
    return places;
  }

  /** What is said about items that have no place. */
  private static Shape rest(Shape.Typed array, boolean written) {
    if (Keywords.isSchema(array.schema().path("items"))) {
      return array.inner("items");
    }
    boolean tuple = array.schema().path("items").isArray();
    return tuple && array.has("additionalItems")
        ? array.inner("additionalItems")
        : array.unevaluated("unevaluatedItems", written);
  }
}
