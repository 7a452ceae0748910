package dev.millrace.registry.schema.avro;

import dev.millrace.registry.schema.Difference;
import dev.millrace.registry.schema.rules.Findings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.Schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Schema resolution as the Avro specification describes it: records, enums and fixed types meet by
 * their names without namespace or by an alias of the reader, numbers widen, strings and bytes read
 * each other, the writer's branch picks the reader's. Logical types do not matter: the bytes are
 * those of the type below.
 */
final class AvroRules {
  private static final int SHOWN_MAX = 10;
  private final Map<Schema, Map<String, List<Schema>>> branchesByName = new IdentityHashMap<>();

  Findings<AvroPair> findings(AvroPair pair) {
    Findings<AvroPair> findings = new Findings<>();
    Schema reader = pair.reader();
    Schema writer = pair.writer();
    if (writer.getType() == Type.UNION) {
      int branch = 0;
      for (Schema written : writer.getTypes()) {
        if (reader.getType() == Type.UNION) {
          branch(findings, reader, written, "/" + branch++);
        } else {
          findings.need("/" + branch++, new AvroPair(reader, written));
        }
      }
    } else if (reader.getType() == Type.UNION) {
      branch(findings, reader, writer, "");
    } else if (reader.getType() != writer.getType()) {
      if (!widens(reader.getType(), writer.getType())) {
        findings.difference(
            "TYPE_MISMATCH",
            "",
            "the reader expects "
                + shown(reader)
                + " where "
                + shown(writer)
                + " is written; keep the type, or add a union that has both");
      }
    } else {
      sameType(findings, reader, writer);
    }
    return findings;
  }

  private static void sameType(Findings<AvroPair> findings, Schema reader, Schema writer) {
    switch (reader.getType()) {
      case RECORD -> {
        name(findings, reader, writer);
        fields(findings, reader, writer);
      }
      case ENUM -> {
        name(findings, reader, writer);
        symbols(findings, reader, writer);
      }
      case FIXED -> {
        name(findings, reader, writer);
        if (reader.getFixedSize() != writer.getFixedSize()) {
          findings.difference(
              "FIXED_SIZE_MISMATCH",
              "/size",
              "the size of a fixed type cannot change, name="
                  + reader.getFullName()
                  + " expected="
                  + reader.getFixedSize()
                  + " written="
                  + writer.getFixedSize());
        }
      }
      case ARRAY ->
          findings.need("/items", new AvroPair(reader.getElementType(), writer.getElementType()));
      case MAP ->
          findings.need("/values", new AvroPair(reader.getValueType(), writer.getValueType()));
      default -> {}
    }
  }

  private static void name(Findings<AvroPair> findings, Schema reader, Schema writer) {
    if (!sameName(reader, writer)) {
      findings.difference(
          "NAME_MISMATCH",
          "/name",
          "the reader's "
              + shown(reader)
              + " has another name than the written "
              + shown(writer)
              + "; keep the name, or give the reader the alias \""
              + writer.getFullName()
              + "\"");
    }
  }

  private static boolean sameName(Schema reader, Schema writer) {
    return reader.getName().equals(writer.getName())
        || reader.getAliases().contains(writer.getFullName());
  }

  private static void fields(Findings<AvroPair> findings, Schema reader, Schema writer) {
    for (Field field : reader.getFields()) {
      String path = "/fields/" + field.pos();
      Field written = written(writer, field);
      if (written != null) {
        findings.need(path + "/type", new AvroPair(field.schema(), written.schema()));
      } else if (!field.hasDefaultValue()) {
        findings.difference(
            "READER_FIELD_MISSING_DEFAULT_VALUE",
            path,
            "the field '"
                + field.name()
                + "' of record "
                + reader.getFullName()
                + " has no default and the writer has no such field; give it a default, or an alias of the field it replaces");
      }
    }
  }

  private static @Nullable Field written(Schema writer, Field field) {
    Field same = writer.getField(field.name());
    if (same != null) {
      return same;
    }
    for (String alias : new TreeSet<>(field.aliases())) {
      Field renamed = writer.getField(alias);
      if (renamed != null) {
        return renamed;
      }
    }
    return null;
  }

  private static void symbols(Findings<AvroPair> findings, Schema reader, Schema writer) {
    if (reader.getEnumDefault() != null) {
      return;
    }
    Set<String> missing = new TreeSet<>(writer.getEnumSymbols());
    missing.removeAll(Set.copyOf(reader.getEnumSymbols()));
    if (!missing.isEmpty()) {
      List<String> first = missing.stream().limit(SHOWN_MAX).toList();
      findings.difference(
          "MISSING_ENUM_SYMBOLS",
          "/symbols",
          "the enum "
              + reader.getFullName()
              + " lacks the written symbols "
              + first
              + (missing.size() > SHOWN_MAX ? " and " + (missing.size() - SHOWN_MAX) + " more" : "")
              + "; keep them, or give the enum a default");
    }
  }

  private void branch(Findings<AvroPair> findings, Schema union, Schema written, String path) {
    List<AvroPair> pairs = new ArrayList<>();
    for (Schema candidate : candidates(union, written)) {
      pairs.add(new AvroPair(candidate, written));
    }
    findings.needOneOf(
        pairs,
        new Difference(
            "MISSING_UNION_BRANCH",
            path,
            "no branch of the reader's union reads the written "
                + shown(written)
                + (pairs.isEmpty()
                    ? "; add it to the union"
                    : ", its own " + shown(pairs.getFirst().reader()) + " differs too much")));
  }

  /**
   * The branches that may read what was written: for named types those of its name, for others
   * every one without a name.
   */
  private List<Schema> candidates(Schema union, Schema written) {
    Map<String, List<Schema>> byName = branchesByName.computeIfAbsent(union, AvroRules::byName);
    return switch (written.getType()) {
      case RECORD, ENUM, FIXED -> {
        List<Schema> found = new ArrayList<>(byName.getOrDefault(written.getName(), List.of()));
        for (Schema aliased : byName.getOrDefault("." + written.getFullName(), List.of())) {
          if (!found.contains(aliased)) {
            found.add(aliased);
          }
        }
        yield found;
      }
      case UNION -> List.of();
      default -> byName.getOrDefault("", List.of());
    };
  }

  private static Map<String, List<Schema>> byName(Schema union) {
    Map<String, List<Schema>> byName = new HashMap<>();
    for (Schema branch : union.getTypes()) {
      switch (branch.getType()) {
        case RECORD, ENUM, FIXED -> {
          byName.computeIfAbsent(branch.getName(), key -> new ArrayList<>()).add(branch);
          for (String alias : branch.getAliases()) {
            byName.computeIfAbsent("." + alias, key -> new ArrayList<>()).add(branch);
          }
        }
        default -> byName.computeIfAbsent("", key -> new ArrayList<>()).add(branch);
      }
    }
    return byName;
  }

  private static boolean widens(Type reader, Type writer) {
    return switch (reader) {
      case LONG -> writer == Type.INT;
      case FLOAT -> writer == Type.INT || writer == Type.LONG;
      case DOUBLE -> writer == Type.INT || writer == Type.LONG || writer == Type.FLOAT;
      case STRING -> writer == Type.BYTES;
      case BYTES -> writer == Type.STRING;
      default -> false;
    };
  }

  private static String shown(Schema schema) {
    return switch (schema.getType()) {
      case RECORD, ENUM, FIXED -> schema.getType().getName() + " " + schema.getFullName();
      default -> schema.getType().getName();
    };
  }
}
