package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.UninterpretedOption;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TextFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Options as {@code name = value}, the way they are written behind {@code option} or in brackets.
 */
final class ProtoOptions {
  private final ProtoText.Form form;

  ProtoOptions(ProtoText.Form form) {
    this.form = form;
  }

  List<String> written(MessageOrBuilder options) {
    List<String> written = new ArrayList<>();
    add(written, "", options);
    if (form == ProtoText.Form.NORMAL) {
      Collections.sort(written);
    }
    return written;
  }

  private void add(List<String> written, String prefix, MessageOrBuilder options) {
    for (Map.Entry<FieldDescriptor, Object> option : options.getAllFields().entrySet()) {
      FieldDescriptor field = option.getKey();
      if (field.getName().equals("map_entry") && !field.isExtension()) {
        continue;
      }
      if (field.getName().equals("uninterpreted_option")) {
        for (Object custom : (List<?>) option.getValue()) {
          custom(written, (UninterpretedOption) custom);
        }
      } else if (!field.isExtension() || form != ProtoText.Form.WITHOUT_CUSTOM_OPTIONS) {
        String name =
            prefix + (field.isExtension() ? "(" + field.getFullName() + ")" : field.getName());
        values(written, name, field, option.getValue());
      }
    }
  }

  private void values(List<String> written, String name, FieldDescriptor field, Object value) {
    if (field.isRepeated()) {
      for (Object item : (List<?>) value) {
        written.add(name + " = " + one(item));
      }
    } else if (value instanceof Message part && !field.isExtension()) {
      add(written, name + ".", part);
    } else {
      written.add(name + " = " + one(value));
    }
  }

  private static String one(Object value) {
    return switch (value) {
      case String text ->
          ProtoOption.quoted(
              new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
      case com.google.protobuf.ByteString bytes -> "\"" + TextFormat.escapeBytes(bytes) + "\"";
      case EnumValueDescriptor constant -> constant.getName();
      case Message message ->
          "{ "
              + TextFormat.printer().emittingSingleLine(true).printToString(message).strip()
              + " }";
      default -> String.valueOf(value);
    };
  }

  private void custom(List<String> written, UninterpretedOption option) {
    if (form == ProtoText.Form.WITHOUT_CUSTOM_OPTIONS) {
      return;
    }
    StringBuilder name = new StringBuilder();
    for (UninterpretedOption.NamePart part : option.getNameList()) {
      name.append(name.isEmpty() ? "" : ".")
          .append(part.getIsExtension() ? "(" + part.getNamePart() + ")" : part.getNamePart());
    }
    String value;
    if (option.hasAggregateValue()) {
      value = "{ " + option.getAggregateValue() + " }";
    } else if (option.hasStringValue()) {
      value = "\"" + TextFormat.escapeBytes(option.getStringValue()) + "\"";
    } else if (option.hasIdentifierValue()) {
      value = option.getIdentifierValue();
    } else if (option.hasPositiveIntValue()) {
      value = Long.toUnsignedString(option.getPositiveIntValue());
    } else if (option.hasNegativeIntValue()) {
      value = Long.toString(option.getNegativeIntValue());
    } else {
      value = Double.toString(option.getDoubleValue());
    }
    written.add(name + " = " + value);
  }
}
