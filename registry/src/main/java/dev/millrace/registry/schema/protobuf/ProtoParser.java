package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Message;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.function.Consumer;

/**
 * The language of {@code .proto} files: proto2, proto3 and editions. What is read is the descriptor
 * that a compiler would make, with type names as they are written.
 */
final class ProtoParser {
  /** How deep messages may be nested in each other. */
  static final int NESTING_MAX = 30;

  private final Tokens tokens;
  private final FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
  private final MessageParser messages;

  private ProtoParser(String text) throws InvalidSchemaException {
    tokens = new Tokens(text);
    messages = new MessageParser(tokens, this);
  }

  /** The descriptor of a text. */
  static FileDescriptorProto parse(String name, String text) throws InvalidSchemaException {
    ProtoParser parser = new ProtoParser(text);
    parser.file.setName(name);
    parser.syntax();
    while (parser.tokens.peek().kind() != Token.Kind.END) {
      parser.statement();
    }
    return parser.file.build();
  }

  boolean proto3() {
    return file.getSyntax().equals("proto3");
  }

  boolean proto2() {
    return file.getSyntax().isEmpty() || file.getSyntax().equals("proto2");
  }

  private void syntax() throws InvalidSchemaException {
    Token first = tokens.peek();
    if (first.is("syntax")) {
      tokens.next();
      tokens.expect("=");
      String syntax = tokens.words("the syntax");
      if (!syntax.equals("proto2") && !syntax.equals("proto3")) {
        throw Tokens.wrong(first, "unknown syntax, syntax=" + syntax + " known=proto2,proto3");
      }
      file.setSyntax(syntax);
      tokens.expect(";");
    } else if (first.is("edition")) {
      tokens.next();
      tokens.expect("=");
      String edition = tokens.words("the edition");
      file.setSyntax("editions").setEdition(edition(first, edition));
      tokens.expect(";");
    }
  }

  private static Edition edition(Token at, String edition) throws InvalidSchemaException {
    return switch (edition) {
      case "2023" -> Edition.EDITION_2023;
      case "2024" -> Edition.EDITION_2024;
      default -> throw Tokens.wrong(at, "unknown edition, edition=" + edition + " known=2023,2024");
    };
  }

  private void statement() throws InvalidSchemaException {
    Token first = tokens.next();
    switch (first.kind() == Token.Kind.STRING ? "" : first.text()) {
      case ";" -> {}
      case "package" -> {
        if (file.hasPackage()) {
          throw Tokens.wrong(first, "there are two packages");
        }
        file.setPackage(tokens.path("a package"));
        tokens.expect(";");
      }
      case "import" -> importOf();
      case "option" -> {
        ProtoOption.read(tokens).into(file.getOptionsBuilder());
        tokens.expect(";");
      }
      case "message" -> file.addMessageType(messages.message(1));
      case "enum" -> file.addEnumType(enumeration());
      case "extend" -> messages.extend(1, file::addExtension, file::addMessageType);
      case "service" -> file.addService(service());
      default ->
          throw Tokens.wrong(
              first,
              "expected message, enum, extend, service, import, package or option but found "
                  + first.shown());
    }
  }

  private void importOf() throws InvalidSchemaException {
    int index = file.getDependencyCount();
    if (tokens.take("public")) {
      file.addPublicDependency(index);
    } else if (tokens.take("weak")) {
      file.addWeakDependency(index);
    } else {
      Token option = tokens.peek();
      if (tokens.take("option")) {
        throw Tokens.wrong(
            option, "imports of options are not read; import the file without the word option");
      }
    }
    Token at = tokens.peek();
    String path = tokens.words("the path of a file");
    if (file.getDependencyList().contains(path)) {
      throw Tokens.wrong(at, "the file is imported twice, import=" + path);
    }
    file.addDependency(path);
    tokens.expect(";");
  }

  /**
   * Options in brackets, if there are any: those of the language and custom ones into {@code
   * options}, {@code special} may take one first.
   */
  void brackets(Message.Builder options, Special special) throws InvalidSchemaException {
    if (!tokens.take("[")) {
      return;
    }
    do {
      ProtoOption option = ProtoOption.read(tokens);
      if (!special.took(option)) {
        option.into(options);
      }
    } while (tokens.take(","));
    tokens.expect("]");
  }

  /** An option that is no option of the descriptor, but a field of its own. */
  @FunctionalInterface
  interface Special {
    boolean took(ProtoOption option) throws InvalidSchemaException;
  }

  EnumDescriptorProto enumeration() throws InvalidSchemaException {
    EnumDescriptorProto.Builder enumeration =
        EnumDescriptorProto.newBuilder().setName(tokens.name("the name of an enum"));
    tokens.expect("{");
    while (!tokens.take("}")) {
      if (tokens.take(";")) {
        continue;
      }
      Token first = tokens.peek();
      String name = tokens.name("a constant");
      if (name.equals("option") && !tokens.peek().is("=")) {
        ProtoOption.read(tokens).into(enumeration.getOptionsBuilder());
      } else if (name.equals("reserved") && !tokens.peek().is("=")) {
        Ranges.reservedIn(tokens, enumeration);
      } else {
        tokens.expect("=");
        EnumValueDescriptorProto.Builder constant =
            EnumValueDescriptorProto.newBuilder().setName(name).setNumber(tokens.number("number"));
        if (tokens.peek().is("[")) {
          brackets(constant.getOptionsBuilder(), option -> false);
        }
        if (proto3() && enumeration.getValueCount() == 0 && constant.getNumber() != 0) {
          throw Tokens.wrong(
              first,
              "the first constant of an enum has to be 0 in proto3, enum="
                  + enumeration.getName()
                  + " constant="
                  + name);
        }
        enumeration.addValue(constant);
      }
      tokens.expect(";");
    }
    return enumeration.build();
  }

  private ServiceDescriptorProto service() throws InvalidSchemaException {
    ServiceDescriptorProto.Builder service =
        ServiceDescriptorProto.newBuilder().setName(tokens.name("the name of a service"));
    tokens.expect("{");
    while (!tokens.take("}")) {
      if (tokens.take(";")) {
        continue;
      }
      if (tokens.take("option")) {
        ProtoOption.read(tokens).into(service.getOptionsBuilder());
        tokens.expect(";");
      } else {
        tokens.expect("rpc");
        service.addMethod(method());
      }
    }
    return service.build();
  }

  private MethodDescriptorProto method() throws InvalidSchemaException {
    MethodDescriptorProto.Builder method =
        MethodDescriptorProto.newBuilder().setName(tokens.name("the name of a method"));
    type(method::setClientStreaming, method::setInputType);
    tokens.expect("returns");
    type(method::setServerStreaming, method::setOutputType);
    if (tokens.take("{")) {
      while (!tokens.take("}")) {
        if (!tokens.take(";")) {
          tokens.expect("option");
          ProtoOption.read(tokens).into(method.getOptionsBuilder());
          tokens.expect(";");
        }
      }
    } else {
      tokens.expect(";");
    }
    return method.build();
  }

  private void type(Consumer<Boolean> streaming, Consumer<String> type)
      throws InvalidSchemaException {
    tokens.expect("(");
    if (tokens.take("stream")) {
      streaming.accept(true);
    }
    type.accept(tokens.path("a message"));
    tokens.expect(")");
  }

  /** Reads the options in brackets behind a field into it. */
  void fieldOptions(FieldDescriptorProto.Builder field) throws InvalidSchemaException {
    if (!tokens.peek().is("[")) {
      return;
    }
    brackets(
        field.getOptionsBuilder(),
        option -> {
          if (option.is("default")) {
            field.setDefaultValue(Defaults.text(field, option, proto3()));
            return true;
          }
          if (option.is("json_name") && option.kind() == Token.Kind.STRING) {
            field.setJsonName(
                new String(
                    option.value().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                    java.nio.charset.StandardCharsets.UTF_8));
            return true;
          }
          return false;
        });
    if (field.getOptions().getAllFields().isEmpty()) {
      field.clearOptions();
    }
  }
}
