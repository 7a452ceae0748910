package dev.millrace.serializers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A registry as small as serializers need one: subjects with versions, ids, GUIDs, over real HTTP.
 */
final class FakeRegistry implements AutoCloseable {
  private final ObjectMapper json = new ObjectMapper();
  private final HttpServer server;
  private final String scheme;
  private final List<JsonNode> byId = new ArrayList<>();
  private final Map<String, List<Integer>> subjects = new HashMap<>();
  int requests;

  /** Of the last request. */
  private volatile Headers headers = new Headers();

  FakeRegistry() throws IOException {
    this("http", HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0));
  }

  /** One that is reached over TLS, and perhaps wants to see a certificate itself. */
  static FakeRegistry overTls(SSLContext tls, boolean wantsCertificate) throws IOException {
    HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = tls.getDefaultSSLParameters();
            wanted.setNeedClientAuth(wantsCertificate);
            parameters.setSSLParameters(wanted);
          }
        });
    return new FakeRegistry("https", server);
  }

  private FakeRegistry(String scheme, HttpServer server) {
    this.scheme = scheme;
    this.server = server;
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return scheme + "://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Has a version from the start, with rules. */
  void register(String subject, String schema, String rules) {
    register(subject, "AVRO", schema, rules);
  }

  synchronized void register(String subject, String type, String schema, String rules) {
    ObjectNode body = json.createObjectNode().put("schema", schema);
    if (!type.equals("AVRO")) {
      body.put("schemaType", type);
    }
    try {
      body.set("ruleSet", json.readTree(rules));
    } catch (IOException e) {
      throw new IllegalArgumentException(rules, e);
    }
    byId.add(body);
    subjects.computeIfAbsent(subject, key -> new ArrayList<>()).add(byId.size());
  }

  /** A header of the last request; null when it had none. */
  @Nullable String header(String name) {
    return headers.getFirst(name);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    requests++;
    headers = exchange.getRequestHeaders();
    String[] path = exchange.getRequestURI().getRawPath().substring(1).split("/");
    byte[] body = exchange.getRequestBody().readAllBytes();
    ObjectNode answer = answer(path, body.length == 0 ? null : json.readTree(body));
    byte[] bytes = json.writeValueAsBytes(answer);
    int status = answer.has("error_code") ? answer.get("error_code").asInt() / 100 : 200;
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private ObjectNode answer(String[] path, JsonNode body) {
    if (path[0].equals("schemas")) {
      int id =
          path[1].equals("ids")
              ? Integer.parseInt(path[2])
              : (int) UUID.fromString(path[2]).getLeastSignificantBits();
      return id > byId.size() ? error(40403, "Schema " + id + " not found") : shown(id);
    }
    if (path[0].equals("config")) {
      return json.createObjectNode().put("compatibilityLevel", "BACKWARD");
    }
    if (path[0].equals("compatibility")) {
      ObjectNode answer = json.createObjectNode().put("is_compatible", false);
      answer.putArray("messages").add("it differs");
      return answer;
    }
    String subject = URLDecoder.decode(path[1], StandardCharsets.UTF_8);
    List<Integer> versions = subjects.computeIfAbsent(subject, key -> new ArrayList<>());
    if (path.length == 4) {
      int version = path[3].equals("latest") ? versions.size() : Integer.parseInt(path[3]);
      return version == 0
          ? error(40401, "Subject '" + subject + "' not found")
          : shown(versions.get(version - 1)).put("version", version);
    }
    int known = byId.indexOf(body) + 1;
    if (path.length == 2) {
      return versions.contains(known)
          ? shown(known).put("version", versions.indexOf(known) + 1)
          : error(40401, "Subject '" + subject + "' not found");
    }
    if (known == 0) {
      byId.add(body);
      known = byId.size();
    }
    if (!versions.contains(known)) {
      versions.add(known);
    }
    return json.createObjectNode().put("id", known);
  }

  private ObjectNode shown(int id) {
    return ((ObjectNode) byId.get(id - 1).deepCopy())
        .put("id", id)
        .put("guid", new UUID(7, id).toString());
  }

  private ObjectNode error(int code, String message) {
    return json.createObjectNode().put("error_code", code).put("message", message);
  }
}
