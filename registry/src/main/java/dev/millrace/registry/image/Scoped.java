package dev.millrace.registry.image;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;

/**
 * Something that is said for subjects, contexts or all of them. Immutable.
 *
 * @param values by scope: a subject's full name, {@code :.context:} for a context, {@link #GLOBAL}
 *     for the default context and what others do not say themselves
 */
public record Scoped<T>(PMap<String, T> values) {
  /** The scope of the default context. */
  public static final String GLOBAL = "";

  private static final String ALL_CONTEXTS = SubjectName.contextText(SubjectName.GLOBAL_CONTEXT);

  /** The scope that a subject's name stands for. */
  public static String scope(SubjectName subject) {
    return subject.text();
  }

  public @Nullable T at(String scope) {
    return values.get(scope);
  }

  /** What is said for the default context. */
  public @Nullable T global() {
    return values.get(GLOBAL);
  }

  /** What is said for a subject, for its context and for all contexts, the nearest first. */
  public List<T> around(SubjectName subject) {
    List<T> found = new ArrayList<>();
    String own = scope(subject);
    String context = SubjectName.contextText(subject.context());
    add(found, own);
    if (!context.equals(own)) {
      add(found, context);
    }
    if (!own.equals(ALL_CONTEXTS)) {
      add(found, ALL_CONTEXTS);
    }
    return found;
  }

  Scoped<T> with(String scope, @Nullable T value) {
    return new Scoped<>(value == null ? values.minus(scope) : values.plus(scope, value));
  }

  private void add(List<T> found, String scope) {
    T value = values.get(scope);
    if (value != null) {
      found.add(value);
    }
  }
}
