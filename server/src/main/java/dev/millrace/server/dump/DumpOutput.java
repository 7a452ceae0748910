package dev.millrace.server.dump;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the entries of a file go. */
public interface DumpOutput {
  /** One entry: what it is, and its fields in the order in which they lie in the file. */
  void entry(String kind, Map<String, @Nullable Object> fields);

  /** Something is wrong with the file. */
  void problem(String message);
}
