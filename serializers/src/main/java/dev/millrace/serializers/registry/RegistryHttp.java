package dev.millrace.serializers.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a registry over HTTP: the first node that answers is asked first from then on. Safe
 * for any thread; calls block.
 */
public final class RegistryHttp {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TYPE = "application/vnd.schemaregistry.v1+json";

  private final List<String> urls;
  private final Map<String, String> headers;
  private final Duration readTimeout;
  private final HttpClient client;
  private volatile int first;

  /**
   * A way to the nodes of one registry.
   *
   * @param urls at least one, such as {@code http://localhost:9644}
   */
  public RegistryHttp(
      List<String> urls, Access access, Duration connectTimeout, Duration readTimeout) {
    this.urls =
        urls.stream()
            .map(url -> url.endsWith("/") ? url.substring(0, url.length() - 1) : url)
            .toList();
    this.headers = Map.copyOf(access.headers());
    this.readTimeout = readTimeout;
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(connectTimeout);
    SSLContext tls = access.tls();
    this.client = (tls == null ? builder : builder.sslContext(tls)).build();
  }

  JsonNode get(String path, String purpose) {
    return call(path, null, purpose);
  }

  JsonNode post(String path, JsonNode body, String purpose) {
    return call(path, body.toString(), purpose);
  }

  private JsonNode call(String path, @Nullable String body, String purpose) {
    IOException last = null;
    for (int tried = 0; tried < urls.size(); tried++) {
      int index = (first + tried) % urls.size();
      try {
        HttpResponse<byte[]> answer =
            client.send(request(urls.get(index) + path, body), BodyHandlers.ofByteArray());
        if (answer.statusCode() < 500 || tried == urls.size() - 1) {
          first = index;
          return read(answer, purpose);
        }
      } catch (IOException e) {
        last = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RegistryException(
            0, "interrupted while waiting for the schema registry to " + purpose, e);
      }
    }
    throw new RegistryException(
        0,
        "no schema registry answers to "
            + purpose
            + ", schema.registry.url="
            + String.join(",", urls)
            + " reason="
            + last
            + (last instanceof SSLException
                ? "; schema.registry.ssl.truststore.location names whose certificates are trusted"
                : ""),
        last == null ? new IOException() : last);
  }

  private HttpRequest request(String url, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).timeout(readTimeout).header("Accept", TYPE);
    headers.forEach(request::header);
    return (body == null
            ? request.GET()
            : request.header("Content-Type", TYPE).POST(BodyPublishers.ofString(body)))
        .build();
  }

  private static JsonNode read(HttpResponse<byte[]> answer, String purpose) {
    JsonNode body;
    try {
      body = JSON.readTree(new String(answer.body(), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new RegistryException(
          answer.statusCode(),
          "what answers is no schema registry, asked to "
              + purpose
              + " url="
              + answer.uri()
              + " status="
              + answer.statusCode(),
          e);
    }
    if (answer.statusCode() >= 300) {
      int code = body.path("error_code").asInt(answer.statusCode());
      throw new RegistryException(
          code,
          "the schema registry refused to "
              + purpose
              + ", error="
              + code
              + ": "
              + body.path("message").asText(),
          new IOException("status " + answer.statusCode()));
    }
    return body;
  }
}
