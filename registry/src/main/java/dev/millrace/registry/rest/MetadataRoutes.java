package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code /v1/metadata}: what kind of server this is.
 *
 * @param clusterId of the cluster whose topic it is
 * @param version of the program
 */
public record MetadataRoutes(Supplier<String> clusterId, String version) {

  Answer answer(Request request, List<String> path) {
    if (path.size() != 2 || !path.getFirst().equals("metadata")) {
      throw Rest.noSuchPath();
    }
    SubjectRoutes.only("GET", request);
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    return switch (path.get(1)) {
      case "id" -> {
        node.put("id", "");
        node.putObject("scope")
            .set(
                "clusters",
                JsonNodeFactory.instance
                    .objectNode()
                    .put("kafka-cluster", clusterId.get())
                    .put("schema-registry-cluster", "schema-registry"));
        node.withObject("/scope").putArray("path");
        yield Answer.of(node);
      }
      case "version" -> Answer.of(node.put("version", version).put("commitId", ""));
      case "deployment" -> {
        node.putObject("attributes");
        yield Answer.of(node);
      }
      default -> throw Rest.noSuchPath();
    };
  }
}
