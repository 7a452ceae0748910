package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import dev.millrace.registry.schema.rules.Findings;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The differences of Protobuf files that keep one from reading what was written with the other.
 * Messages meet by name, fields by number, whatever their names and wherever oneofs are drawn.
 */
final class ProtoRules {
  private ProtoRules() {}

  static Findings<ProtoPair> findings(ProtoPair pair) {
    Findings<ProtoPair> findings = new Findings<>();
    switch (pair) {
      case ProtoPair.Files files -> {
        String before = files.writer().getPackage();
        String after = files.reader().getPackage();
        if (!before.equals(after)) {
          findings.difference(
              "PACKAGE_CHANGED",
              "#/",
              "the package changes from '"
                  + before
                  + "' to '"
                  + after
                  + "'; keep it, or use another subject");
        }
        messages(
            findings, files.reader().getMessageTypes(), files.writer().getMessageTypes(), "#/");
      }
      case ProtoPair.Messages messages -> {
        new FieldRules(findings, messages).compare();
        messages(
            findings, messages.reader().getNestedTypes(), messages.writer().getNestedTypes(), "/");
      }
    }
    return findings;
  }

  private static void messages(
      Findings<ProtoPair> findings, List<Descriptor> reader, List<Descriptor> writer, String path) {
    Map<String, Descriptor> byName = new LinkedHashMap<>();
    reader.forEach(message -> byName.put(message.getName(), message));
    for (Descriptor written : writer) {
      Descriptor read = byName.get(written.getName());
      if (written.getOptions().getMapEntry()) {
        continue;
      }
      if (read == null || read.getOptions().getMapEntry()) {
        findings.difference(
            "MESSAGE_REMOVED",
            path + written.getName(),
            "the message "
                + written.getFullName()
                + " is gone; keep it, records may be of that type");
      } else {
        findings.need(path + written.getName(), new ProtoPair.Messages(read, written));
      }
    }
  }

  /** The fields of one message and its oneofs. */
  private static final class FieldRules {
    private final Findings<ProtoPair> findings;
    private final Descriptor reader;
    private final Map<Integer, FieldDescriptor> read = new TreeMap<>();
    private final Map<Integer, FieldDescriptor> written = new TreeMap<>();
    private final Set<String> oneofsGone = new HashSet<>();

    FieldRules(Findings<ProtoPair> findings, ProtoPair.Messages pair) {
      this.findings = findings;
      this.reader = pair.reader();
      pair.reader().getFields().forEach(field -> read.put(field.getNumber(), field));
      pair.writer().getFields().forEach(field -> written.put(field.getNumber(), field));
      Set<String> oneofs = new HashSet<>();
      pair.reader().getRealOneofs().forEach(oneof -> oneofs.add(oneof.getName()));
      for (OneofDescriptor oneof : pair.writer().getRealOneofs()) {
        if (!oneofs.contains(oneof.getName())
            && oneof.getFields().stream().noneMatch(field -> read.containsKey(field.getNumber()))) {
          oneofsGone.add(oneof.getName());
        }
      }
    }

    void compare() {
      reader.getRealOneofs().forEach(this::joined);
      written
          .values()
          .forEach(field -> {
            FieldDescriptor kept = read.get(field.getNumber());
            if (kept == null) {
              removed(field);
            } else {
              ProtoFields.compare(findings, kept, field, path(kept));
            }
          });
      for (FieldDescriptor field : read.values()) {
        if (!written.containsKey(field.getNumber()) && field.isRequired()) {
          findings.difference(
              "REQUIRED_FIELD_ADDED",
              path(field),
              "the required field '"
                  + field.getName()
                  + "' is not in what was written; make it optional");
        }
      }
    }

    /** Fields that could be set together before and now exclude each other. */
    private void joined(OneofDescriptor oneof) {
      Set<String> origins = new HashSet<>();
      int alone = 0;
      for (FieldDescriptor field : oneof.getFields()) {
        FieldDescriptor before = written.get(field.getNumber());
        if (before == null) {
          continue;
        }
        OneofDescriptor was = before.getRealContainingOneof();
        if (was == null) {
          alone++;
        }
        origins.add(was == null ? "field " + field.getNumber() : "oneof " + was.getName());
      }
      if (origins.size() > 1) {
        boolean many = alone > 1;
        findings.difference(
            many ? "MULTIPLE_FIELDS_MOVED_TO_ONEOF" : "FIELD_MOVED_TO_EXISTING_ONEOF",
            "/" + oneof.getName(),
            "the oneof '"
                + oneof.getName()
                + "' joins fields that could be set together before, so one of them would be lost; keep them apart");
      }
    }

    private void removed(FieldDescriptor field) {
      OneofDescriptor oneof = field.getRealContainingOneof();
      if (oneof != null && !oneofsGone.contains(oneof.getName())) {
        findings.difference(
            "ONEOF_FIELD_REMOVED",
            path(field),
            "the field '"
                + field.getName()
                + "' of the oneof '"
                + oneof.getName()
                + "' is gone, and a reader could not tell it from a oneof that is not set; keep it");
      } else if (field.isRequired()) {
        findings.difference(
            "REQUIRED_FIELD_REMOVED",
            path(field),
            "the required field '" + field.getName() + "' is gone; keep it");
      }
    }

    private static String path(FieldDescriptor field) {
      OneofDescriptor oneof = field.getRealContainingOneof();
      return (oneof == null ? "/" : "/" + oneof.getName() + "/") + field.getNumber();
    }
  }
}
