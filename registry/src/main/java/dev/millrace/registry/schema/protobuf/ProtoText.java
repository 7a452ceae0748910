package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.MessageOrBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A descriptor as the text of a {@code .proto} file. The same descriptor gives the same text,
 * however it came; comments are lost.
 *
 * <p>The normal form sorts what has no order: imports, fields and constants by number (the first
 * constant of an enum stays, it is the default), options by name; and writes every type's whole
 * name. Messages keep their order, payloads name them by it.
 */
final class ProtoText {
  /** What is written. */
  enum Form {
    /** As it came. */
    CANONICAL,
    /** Sorted, with whole names. */
    NORMAL,
    /** Without options that somebody else defined. */
    WITHOUT_CUSTOM_OPTIONS
  }

  private final FileDescriptorProto file;
  private final Form form;
  private final ProtoOptions options;
  private final TypeNames names;
  private final StringBuilder text = new StringBuilder();
  private String scope;
  private int indent;

  ProtoText(FileDescriptorProto file, Form form) {
    this.file = file;
    this.form = form;
    this.scope = file.hasPackage() ? "." + file.getPackage() : "";
    this.options = new ProtoOptions(form);
    this.names = new TypeNames(file, form == Form.NORMAL);
  }

  String text() {
    switch (file.getSyntax()) {
      case "editions" ->
          line("edition = \"" + file.getEdition().name().replace("EDITION_", "") + "\";");
      case "proto3" -> line("syntax = \"proto3\";");
      default -> line("syntax = \"proto2\";");
    }
    if (file.hasPackage()) {
      line("package " + file.getPackage() + ";");
    }
    imports();
    section(options(file.getOptions()), option -> line("option " + option + ";"));
    Map<String, DescriptorProto> groups = inlineGroups();
    section(
        file.getMessageTypeList().stream()
            .filter(message -> !groups.containsKey(scope + "." + message.getName()))
            .toList(),
        this::message);
    section(file.getEnumTypeList(), this::enumeration);
    extensions(file.getExtensionList(), groups);
    section(file.getServiceList(), this::service);
    return text.toString();
  }

  private void imports() {
    List<String> imports = new ArrayList<>();
    for (int index = 0; index < file.getDependencyCount(); index++) {
      String kind =
          file.getPublicDependencyList().contains(index)
              ? "public "
              : file.getWeakDependencyList().contains(index) ? "weak " : "";
      imports.add("import " + kind + "\"" + file.getDependency(index) + "\";");
    }
    if (form == Form.NORMAL) {
      imports.sort(Comparator.naturalOrder());
    }
    section(imports, this::line);
  }

  private <T> void section(List<T> items, Consumer<T> write) {
    if (!items.isEmpty() && indent == 0) {
      text.append('\n');
    }
    items.forEach(write);
  }

  private void message(DescriptorProto message) {
    line("message " + message.getName() + " {");
    body(message);
    line("}");
  }

  private void body(DescriptorProto message) {
    String outer = scope;
    scope = scope + "." + message.getName();
    indent++;
    options(message.getOptions()).forEach(option -> line("option " + option + ";"));
    reserved(message);
    Map<String, DescriptorProto> inline = inline(message);
    fields(message, inline);
    for (DescriptorProto nested : message.getNestedTypeList()) {
      if (!inline.containsKey(scope + "." + nested.getName())) {
        message(nested);
      }
    }
    message.getEnumTypeList().forEach(this::enumeration);
    extensions(message.getExtensionList(), inline);
    indent--;
    scope = outer;
  }

  /**
   * Nested messages that are written where they are used, by their whole names: entries of maps,
   * groups.
   */
  private Map<String, DescriptorProto> inline(DescriptorProto message) {
    Set<String> groups = new HashSet<>();
    Stream.concat(message.getFieldList().stream(), message.getExtensionList().stream())
        .filter(field -> field.getType() == FieldDescriptorProto.Type.TYPE_GROUP)
        .forEach(field -> groups.add(field.getTypeName()));
    Map<String, DescriptorProto> inline = new HashMap<>();
    for (DescriptorProto nested : message.getNestedTypeList()) {
      String name = scope + "." + nested.getName();
      if (nested.getOptions().getMapEntry() || groups.contains(name)) {
        inline.put(name, nested);
      }
    }
    return inline;
  }

  private void reserved(DescriptorProto message) {
    List<String> ranges = new ArrayList<>();
    message.getReservedRangeList().stream()
        .sorted(Comparator.comparing(range -> form == Form.NORMAL ? range.getStart() : 0))
        .forEach(range -> ranges.add(range(range.getStart(), range.getEnd() - 1, 536_870_911)));
    reserved(ranges, message.getReservedNameList());
    for (DescriptorProto.ExtensionRange range : message.getExtensionRangeList()) {
      line(
          "extensions "
              + range(range.getStart(), range.getEnd() - 1, 536_870_911)
              + brackets(options(range.getOptions()))
              + ";");
    }
  }

  private void reserved(List<String> ranges, List<String> reservedNames) {
    if (!ranges.isEmpty()) {
      line("reserved " + String.join(", ", ranges) + ";");
    }
    if (!reservedNames.isEmpty()) {
      boolean bare = file.getSyntax().equals("editions");
      line(
          "reserved "
              + String.join(
                  ", ",
                  reservedNames.stream().map(name -> bare ? name : "\"" + name + "\"").toList())
              + ";");
    }
  }

  /** Groups of extensions at the top of the file. */
  private Map<String, DescriptorProto> inlineGroups() {
    Set<String> groups = new HashSet<>();
    file.getExtensionList().stream()
        .filter(field -> field.getType() == FieldDescriptorProto.Type.TYPE_GROUP)
        .forEach(field -> groups.add(field.getTypeName()));
    Map<String, DescriptorProto> inline = new HashMap<>();
    for (DescriptorProto message : file.getMessageTypeList()) {
      if (groups.contains(scope + "." + message.getName())) {
        inline.put(scope + "." + message.getName(), message);
      }
    }
    return inline;
  }

  private static String range(int first, int last, int max) {
    return first == last
        ? String.valueOf(first)
        : first + " to " + (last == max ? "max" : String.valueOf(last));
  }

  private void fields(DescriptorProto message, Map<String, DescriptorProto> inline) {
    List<FieldDescriptorProto> fields = sorted(message.getFieldList());
    boolean[] written = new boolean[message.getOneofDeclCount()];
    for (FieldDescriptorProto field : fields) {
      if (!field.hasOneofIndex() || field.getProto3Optional()) {
        field(field, inline);
      } else if (!written[field.getOneofIndex()]) {
        written[field.getOneofIndex()] = true;
        oneof(message, field.getOneofIndex(), fields, inline);
      }
    }
  }

  private void oneof(
      DescriptorProto message,
      int index,
      List<FieldDescriptorProto> fields,
      Map<String, DescriptorProto> inline) {
    line("oneof " + message.getOneofDecl(index).getName() + " {");
    indent++;
    options(message.getOneofDecl(index).getOptions())
        .forEach(option -> line("option " + option + ";"));
    fields.stream()
        .filter(field -> field.hasOneofIndex() && field.getOneofIndex() == index)
        .forEach(field -> field(field, inline));
    indent--;
    line("}");
  }

  private List<FieldDescriptorProto> sorted(List<FieldDescriptorProto> fields) {
    return form == Form.NORMAL
        ? fields.stream().sorted(Comparator.comparing(FieldDescriptorProto::getNumber)).toList()
        : fields;
  }

  private void field(FieldDescriptorProto field, Map<String, DescriptorProto> inline) {
    String end = field.getName() + " = " + field.getNumber() + brackets(fieldOptions(field));
    DescriptorProto entry = inline.get(field.getTypeName());
    if (entry != null && entry.getOptions().getMapEntry()) {
      line(
          "map<"
              + names.type(entry.getField(0))
              + ", "
              + names.type(entry.getField(1))
              + "> "
              + end
              + ";");
    } else if (entry != null) {
      line(
          label(field)
              + "group "
              + entry.getName()
              + " = "
              + field.getNumber()
              + brackets(fieldOptions(field))
              + " {");
      body(entry);
      line("}");
    } else {
      line(label(field) + names.type(field) + " " + end + ";");
    }
  }

  private String label(FieldDescriptorProto field) {
    boolean inOneof = field.hasOneofIndex() && !field.getProto3Optional();
    return switch (field.getLabel()) {
      case LABEL_REPEATED -> "repeated ";
      case LABEL_REQUIRED -> "required ";
      case LABEL_OPTIONAL -> {
        boolean proto2 = file.getSyntax().isEmpty() || file.getSyntax().equals("proto2");
        yield !inOneof && (proto2 || field.getProto3Optional()) ? "optional " : "";
      }
    };
  }

  private List<String> fieldOptions(FieldDescriptorProto field) {
    List<String> written = new ArrayList<>();
    if (field.hasDefaultValue()) {
      written.add("default = " + Defaults.written(field));
    }
    if (field.hasJsonName() && !field.getJsonName().equals(TypeNames.jsonName(field.getName()))) {
      written.add(
          "json_name = "
              + ProtoOption.quoted(
                  new String(
                      field.getJsonName().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                      java.nio.charset.StandardCharsets.ISO_8859_1)));
    }
    written.addAll(options(field.getOptions()));
    return written;
  }

  private void enumeration(EnumDescriptorProto enumeration) {
    line("enum " + enumeration.getName() + " {");
    indent++;
    options(enumeration.getOptions()).forEach(option -> line("option " + option + ";"));
    List<String> ranges = new ArrayList<>();
    enumeration
        .getReservedRangeList()
        .forEach(range -> ranges.add(range(range.getStart(), range.getEnd(), Integer.MAX_VALUE)));
    reserved(ranges, enumeration.getReservedNameList());
    List<EnumValueDescriptorProto> constants = new ArrayList<>(enumeration.getValueList());
    if (form == Form.NORMAL && constants.size() > 2) {
      constants
          .subList(1, constants.size())
          .sort(Comparator.comparing(EnumValueDescriptorProto::getNumber));
    }
    constants.forEach(constant ->
        line(
            constant.getName()
                + " = "
                + constant.getNumber()
                + brackets(options(constant.getOptions()))
                + ";"));
    indent--;
    line("}");
  }

  private void extensions(
      List<FieldDescriptorProto> extensions, Map<String, DescriptorProto> groups) {
    String extendee = "";
    for (FieldDescriptorProto extension : extensions) {
      if (!extension.getExtendee().equals(extendee)) {
        close(extendee);
        extendee = extension.getExtendee();
        line("extend " + names.shortened(extendee) + " {");
        indent++;
      }
      field(extension, groups);
    }
    close(extendee);
  }

  private void close(String extendee) {
    if (!extendee.isEmpty()) {
      indent--;
      line("}");
    }
  }

  private void service(ServiceDescriptorProto service) {
    line("service " + service.getName() + " {");
    indent++;
    options(service.getOptions()).forEach(option -> line("option " + option + ";"));
    for (MethodDescriptorProto method : service.getMethodList()) {
      String head =
          "rpc "
              + method.getName()
              + "("
              + (method.getClientStreaming() ? "stream " : "")
              + names.shortened(method.getInputType())
              + ") returns ("
              + (method.getServerStreaming() ? "stream " : "")
              + names.shortened(method.getOutputType())
              + ")";
      List<String> written = options(method.getOptions());
      line(head + (written.isEmpty() ? ";" : " {"));
      if (!written.isEmpty()) {
        indent++;
        written.forEach(option -> line("option " + option + ";"));
        indent--;
        line("}");
      }
    }
    indent--;
    line("}");
  }

  private List<String> options(MessageOrBuilder message) {
    return options.written(message);
  }

  private static String brackets(List<String> options) {
    return options.isEmpty() ? "" : " [" + String.join(", ", options) + "]";
  }

  private void line(String line) {
    text.repeat("  ", indent).append(line).append('\n');
  }
}
