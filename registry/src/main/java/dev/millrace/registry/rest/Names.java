package dev.millrace.registry.rest;

import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.image.SubjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** What people write in paths and parameters. Pure functions. */
final class Names {
  private static final String ALL_CONTEXTS = ":*:";

  private Names() {}

  /** The subject that is meant: an alias stands for another one. */
  static SubjectName subject(Image image, String text) {
    SubjectName written = SubjectName.parse(text);
    Config config = image.configs().at(written.text());
    String alias = config == null ? null : config.alias();
    return alias == null ? written : SubjectName.parse(alias, written.context());
  }

  /** A version, {@link Reference#LATEST} for the latest. */
  static int version(String text) {
    if (text.equals("latest") || text.equals("-1")) {
      return Reference.LATEST;
    }
    try {
      int number = Integer.parseInt(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw Refusal.invalidVersion(text);
  }

  /** Which full names begin as somebody wants it; nothing said means all of all contexts. */
  static Predicate<String> prefix(String text) {
    if (text.startsWith(ALL_CONTEXTS)) {
      String rest = text.substring(ALL_CONTEXTS.length());
      return name -> SubjectName.parse(name).name().startsWith(rest);
    }
    SubjectName wanted = SubjectName.parse(text);
    return name -> {
      SubjectName subject = SubjectName.parse(name);
      return subject.context().equals(wanted.context()) && subject.name().startsWith(wanted.name());
    };
  }

  /** What is left of a list between {@code offset} and {@code limit}. */
  static <T> List<T> page(Request request, List<T> all) {
    int offset = Math.max(0, request.number("offset", 0));
    int limit = request.number("limit", -1);
    int from = Math.min(offset, all.size());
    int to = limit < 0 ? all.size() : (int) Math.min((long) from + limit, all.size());
    return new ArrayList<>(Objects.requireNonNull(all).subList(from, to));
  }
}
