package dev.millrace.server.command.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.server.command.terminal.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Asks a schema registry of Confluent's interface, this one or another. Blocks; throws {@link
 * UserException} with a line for a person.
 *
 * @param url without a slash at its end; {@code http://user:password@host:port} where it wants that
 */
public record RegistryClient(String url) {
  static final ObjectMapper JSON = new ObjectMapper();

  private static final int TIMEOUT_MS = 30_000;
  private static final int FIRST_ERROR = 400;

  /** The registry at an address as people write it: without a scheme it is HTTP. */
  public static RegistryClient at(String url) {
    String with = url.contains("://") ? url : "http://" + url;
    return new RegistryClient(with.endsWith("/") ? with.substring(0, with.length() - 1) : with);
  }

  /** The path of a subject. */
  public static String subject(String name) {
    return "/subjects/" + segment(name);
  }

  /** The type of a schema in an answer. */
  public static String type(JsonNode version) {
    return version.path("schemaType").asText("AVRO");
  }

  /** What was answered. */
  public record Answer(int status, JsonNode body) {
    public boolean isGood() {
      return status < FIRST_ERROR;
    }

    /** The published code of an error. */
    public int code() {
      return body.path("error_code").asInt(status);
    }

    public String message() {
      return body.path("message").asText("status " + status);
    }
  }

  public JsonNode get(String path) {
    return good("GET", path, null);
  }

  /** The body of a good answer. */
  public JsonNode good(String method, String path, @Nullable JsonNode body) {
    Answer answer = ask(method, path, body);
    if (!answer.isGood()) {
      throw UserException.failed(answer.message());
    }
    return answer.body();
  }

  /** A segment of a path. */
  public static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Asks, and takes errors for answers. */
  public Answer ask(String method, String path, @Nullable JsonNode body) {
    try {
      HttpURLConnection connection = open(method, path);
      if (body != null) {
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
          out.write(JSON.writeValueAsBytes(body));
        }
      }
      int status = connection.getResponseCode();
      try (InputStream in =
          status < FIRST_ERROR ? connection.getInputStream() : connection.getErrorStream()) {
        return new Answer(status, tree(in));
      }
    } catch (IOException e) {
      throw UserException.failed(
          "no answer from the registry, url="
              + url
              + " cause="
              + e.getMessage()
              + "; name another with --registry");
    }
  }

  private HttpURLConnection open(String method, String path) throws IOException {
    URI uri;
    try {
      uri = new URI(url + path);
    } catch (URISyntaxException e) {
      throw UserException.usage("--registry must be http://HOST:PORT, got=" + url);
    }
    if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw UserException.usage("--registry must be http://HOST:PORT, got=" + url);
    }
    connection.setRequestMethod(method);
    connection.setConnectTimeout(TIMEOUT_MS);
    connection.setReadTimeout(TIMEOUT_MS);
    connection.setRequestProperty("Accept", "application/vnd.schemaregistry.v1+json");
    connection.setRequestProperty("Content-Type", "application/vnd.schemaregistry.v1+json");
    if (uri.getUserInfo() != null) {
      byte[] user = uri.getUserInfo().getBytes(StandardCharsets.UTF_8);
      connection.setRequestProperty(
          "Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
    }
    return connection;
  }

  private JsonNode tree(@Nullable InputStream in) throws IOException {
    byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
    if (bytes.length == 0) {
      return JsonNodeFactory.instance.nullNode();
    }
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw UserException.failed("what answers there is no schema registry, url=" + url);
    }
  }
}
