package dev.millrace.registry.rest;

import dev.millrace.registry.image.SubjectName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests below {@code /contexts/{context}}: every subject in them is in that context. */
final class ContextPath {
  private final String context;

  /**
   * The context of a segment.
   *
   * @param segment {@code :.eu:}, {@code :.eu} or {@code .eu}
   */
  ContextPath(String segment) {
    this.context = contextOf(segment);
  }

  /** The name of a context that is written with or without colons. */
  static String contextOf(String segment) {
    String text = segment.startsWith(":") ? segment.substring(1) : segment;
    String bare = text.endsWith(":") ? text.substring(0, text.length() - 1) : text;
    return bare.startsWith(SubjectName.DEFAULT_CONTEXT) ? bare : SubjectName.DEFAULT_CONTEXT + bare;
  }

  /** The request without the context's segments, its subjects qualified. */
  Request apply(Request request) {
    List<String> path = new ArrayList<>(request.path().subList(2, request.path().size()));
    String root = path.getFirst();
    int subjectAt = root.equals("compatibility") ? 2 : 1;
    boolean hasScope = root.equals("config") || root.equals("mode");
    boolean hasSubject = hasScope || root.equals("subjects") || root.equals("compatibility");
    if (hasSubject && path.size() > subjectAt) {
      path.set(subjectAt, qualified(path.get(subjectAt)));
    } else if (hasScope) {
      path.add(SubjectName.contextText(context));
    }
    Map<String, List<String>> query = new LinkedHashMap<>(request.query());
    if (root.equals("schemas")) {
      String subject = request.text("subject", "");
      query.put("subject", List.of(qualified(subject)));
    }
    if (path.size() == 1 && (root.equals("subjects") || root.equals("schemas"))) {
      query.put("subjectPrefix", List.of(qualified(request.text("subjectPrefix", ""))));
    }
    return new Request(request.method(), path, query, request.contentType(), request.body());
  }

  private String qualified(String subject) {
    return subject.startsWith(":.") ? subject : new SubjectName(context, subject).text();
  }
}
