package dev.millrace.server.command.schema;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace schema diff SUBJECT OLD [NEW]}. */
@Command(name = "diff", description = "Show what differs between two versions, line by line.")
final class SchemaDiff extends OfRegistry {
  @Parameters(index = "0", paramLabel = "SUBJECT", description = "A subject.")
  private String subject = "";

  @Parameters(index = "1", paramLabel = "OLD", description = "A version.")
  private String older = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "NEW",
      description = "Another version (default: latest).")
  private String newer = "latest";

  @Override
  protected void run(RegistryClient client) {
    List<String> before = lines(client, older);
    List<String> after = lines(client, newer);
    int[][] common = common(before, after);
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      boolean both = i < before.size() && j < after.size();
      if (both && before.get(i).equals(after.get(j))) {
        out().println("  " + before.get(i++));
        j++;
      } else if (j == after.size() || (both && common[i + 1][j] >= common[i][j + 1])) {
        out().println("- " + before.get(i++));
      } else {
        out().println("+ " + after.get(j++));
      }
    }
  }

  private List<String> lines(RegistryClient client, String version) {
    String path = RegistryClient.subject(subject) + "/versions/" + RegistryClient.segment(version);
    return readable(client.get(path).path("schema").asText()).lines().toList();
  }

  /** Lines that both have in common from two places on: the longest way. */
  private static int[][] common(List<String> before, List<String> after) {
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
