package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.ExtensionRangeOptions;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.ArrayList;
import java.util.List;

/** Ranges of numbers: {@code reserved} and {@code extensions}. */
final class Ranges {
  private static final int FIELD_MAX = 536_870_911;

  private record Range(int first, int last) {}

  private Ranges() {}

  /** Behind the word {@code reserved} of a message, up to the semicolon. */
  static void reservedIn(Tokens tokens, DescriptorProto.Builder message)
      throws InvalidSchemaException {
    if (names(tokens)) {
      do {
        message.addReservedName(reservedName(tokens));
      } while (tokens.take(","));
      return;
    }
    for (Range range : ranges(tokens, FIELD_MAX)) {
      message.addReservedRange(
          DescriptorProto.ReservedRange.newBuilder()
              .setStart(range.first())
              .setEnd(range.last() + 1));
    }
  }

  /** Behind the word {@code reserved} of an enum, up to the semicolon. */
  static void reservedIn(Tokens tokens, EnumDescriptorProto.Builder enumeration)
      throws InvalidSchemaException {
    if (names(tokens)) {
      do {
        enumeration.addReservedName(reservedName(tokens));
      } while (tokens.take(","));
      return;
    }
    for (Range range : ranges(tokens, Integer.MAX_VALUE)) {
      enumeration.addReservedRange(
          EnumDescriptorProto.EnumReservedRange.newBuilder()
              .setStart(range.first())
              .setEnd(range.last()));
    }
  }

  /** Behind the word {@code extensions}, up to the semicolon. */
  static void extensionsIn(Tokens tokens, DescriptorProto.Builder message, ProtoParser parser)
      throws InvalidSchemaException {
    List<Range> ranges = ranges(tokens, FIELD_MAX);
    ExtensionRangeOptions.Builder options = ExtensionRangeOptions.newBuilder();
    parser.brackets(options, option -> false);
    boolean any = !options.getAllFields().isEmpty();
    for (Range range : ranges) {
      DescriptorProto.ExtensionRange.Builder extension =
          DescriptorProto.ExtensionRange.newBuilder()
              .setStart(range.first())
              .setEnd(range.last() + 1);
      message.addExtensionRange(any ? extension.setOptions(options) : extension);
    }
  }

  private static boolean names(Tokens tokens) {
    Token first = tokens.peek();
    return first.kind() == Token.Kind.STRING || first.kind() == Token.Kind.NAME;
  }

  private static String reservedName(Tokens tokens) throws InvalidSchemaException {
    return tokens.peek().kind() == Token.Kind.NAME ? tokens.name("a name") : tokens.words("a name");
  }

  private static List<Range> ranges(Tokens tokens, int max) throws InvalidSchemaException {
    List<Range> ranges = new ArrayList<>();
    do {
      Token at = tokens.peek();
      int first = tokens.number("number");
      int last = first;
      if (tokens.take("to")) {
        last = tokens.take("max") ? max : tokens.number("number");
      }
      if (last < first || last > max) {
        throw Tokens.wrong(
            at, "a range ends before it starts or goes too far, first=" + first + " last=" + last);
      }
      ranges.add(new Range(first, last));
    } while (tokens.take(","));
    return ranges;
  }
}
