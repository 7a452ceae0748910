import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The registry, asked directly. */
final class Rest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;

  Rest(String url) {
    this.url = url;
  }

  String get(String path) throws Exception {
    return sent(HttpRequest.newBuilder(URI.create(url + path)).build());
  }

  /** Registers a text; references are pairs of name and subject, all of version 1. */
  int register(String subject, String type, String text, String... references) throws Exception {
    ObjectNode body = JSON.createObjectNode().put("schema", text).put("schemaType", type);
    for (int at = 0; at < references.length; at += 2) {
      body.withArray("references")
          .addObject()
          .put("name", references[at])
          .put("subject", references[at + 1])
          .put("version", 1);
    }
    JsonNode answer =
        JSON.readTree(
            sent(
                HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"))
                    .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build()));
    return answer.get("id").asInt();
  }

  private String sent(HttpRequest request) throws Exception {
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(request.uri() + " " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }
}
