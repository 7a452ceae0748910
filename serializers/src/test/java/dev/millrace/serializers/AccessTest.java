package dev.millrace.serializers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How clients are let in to a registry that asks for it. */
class AccessTest {
  private static final String PASSWORD = "secret1";

  @TempDir private Path folder;

  private static KafkaAvroSerializer writer(FakeRegistry registry, String... more) {
    return writer(registry.url(), more);
  }

  private static KafkaAvroSerializer writer(String url, String... more) {
    Map<String, Object> settings = new HashMap<>(Map.of("schema.registry.url", url));
    for (int index = 0; index < more.length; index += 2) {
      settings.put(more[index], more[index + 1]);
    }
    KafkaAvroSerializer writer = new KafkaAvroSerializer();
    writer.configure(settings, false);
    return writer;
  }

  @Test
  void userAndPasswordOfSettings() throws IOException {
    try (FakeRegistry registry = new FakeRegistry()) {
      for (String prefix : List.of("", "schema.registry.")) {
        writer(
                registry,
                "basic.auth.credentials.source",
                "USER_INFO",
                prefix + "basic.auth.user.info",
                "ada:secret")
            .serialize("t", "x");
        assertThat(registry.header("Authorization")).isEqualTo("Basic YWRhOnNlY3JldA==");
      }
      assertThatThrownBy(() -> writer(registry, "basic.auth.credentials.source", "USER_INFO"))
          .hasMessageContaining("basic.auth.user.info is not set");
      assertThatThrownBy(() -> writer(registry, "basic.auth.credentials.source", "ELSEWHERE"))
          .hasMessageContaining("ELSEWHERE");
    }
  }

  @Test
  void userAndPasswordInTheUrl() throws IOException {
    try (FakeRegistry registry = new FakeRegistry()) {
      writer(registry.url().replace("//", "//ada:se%40cret@")).serialize("t", "x");
      assertThat(registry.header("Authorization")).isEqualTo("Basic YWRhOnNlQGNyZXQ=");
    }
  }

  @Test
  void userAndPasswordOfTheClient() throws IOException {
    try (FakeRegistry registry = new FakeRegistry()) {
      writer(
              registry,
              "basic.auth.credentials.source",
              "SASL_INHERIT",
              "sasl.jaas.config",
              "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"ada\" password=\"secret\";")
          .serialize("t", "x");
      assertThat(registry.header("Authorization")).isEqualTo("Basic YWRhOnNlY3JldA==");
      assertThatThrownBy(() -> writer(registry, "basic.auth.credentials.source", "SASL_INHERIT"))
          .hasMessageContaining("sasl.jaas.config");
    }
  }

  @Test
  void tokens() throws IOException {
    try (FakeRegistry registry = new FakeRegistry()) {
      writer(
              registry,
              "bearer.auth.credentials.source",
              "STATIC_TOKEN",
              "bearer.auth.token",
              "abc",
              "bearer.auth.logical.cluster",
              "lsrc-1",
              "bearer.auth.identity.pool.id",
              "pool-1")
          .serialize("t", "x");
      assertThat(registry.header("Authorization")).isEqualTo("Bearer abc");
      assertThat(registry.header("target-sr-cluster")).isEqualTo("lsrc-1");
      assertThat(registry.header("Confluent-Identity-Pool-Id")).isEqualTo("pool-1");
      assertThatThrownBy(() -> writer(registry, "bearer.auth.credentials.source", "OAUTHBEARER"))
          .hasMessageContaining("STATIC_TOKEN with bearer.auth.token");
    }
  }

  @Test
  void certificatesOfATrustStore() throws Exception {
    Path keys = keys("registry");
    try (FakeRegistry registry = FakeRegistry.overTls(tls(keys, null), false)) {
      byte[] written =
          writer(
                  registry,
                  "schema.registry.ssl.truststore.location",
                  keys.toString(),
                  "schema.registry.ssl.truststore.password",
                  PASSWORD)
              .serialize("t", "x");
      assertThat(written).startsWith(0, 0, 0, 0, 1);
    }
  }

  @Test
  void certificatesAsText() throws Exception {
    Path keys = keys("registry");
    Path pem = folder.resolve("registry.pem");
    keytool("-exportcert", "-rfc", "-alias", "one", "-keystore", keys, "-file", pem);
    try (FakeRegistry registry = FakeRegistry.overTls(tls(keys, null), false)) {
      assertThat(
              writer(
                      registry,
                      "schema.registry.ssl.truststore.type",
                      "PEM",
                      "schema.registry.ssl.truststore.location",
                      pem.toString())
                  .serialize("t", "x"))
          .startsWith(0, 0, 0, 0, 1);
      assertThat(
              writer(registry, "schema.registry.ssl.truststore.certificates", Files.readString(pem))
                  .serialize("t", "x"))
          .startsWith(0, 0, 0, 0, 1);
    }
  }

  @Test
  void strangersAreNotTrusted() throws Exception {
    Path keys = keys("registry");
    try (FakeRegistry registry = FakeRegistry.overTls(tls(keys, null), false)) {
      assertThatThrownBy(() -> writer(registry).serialize("t", "x"))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining("schema.registry.ssl.truststore.location");
      assertThatThrownBy(
              () -> writer(registry, "schema.registry.ssl.truststore.location", "/not/there"))
          .hasMessageContaining("schema.registry.ssl.truststore.location=/not/there");
      assertThatThrownBy(
              () -> writer(registry, "schema.registry.ssl.endpoint.identification.algorithm", ""))
          .hasMessageContaining("always compared");
    }
  }

  @Test
  void certificatesOfClients() throws Exception {
    Path keys = keys("registry");
    Path ofClient = keys("client");
    try (FakeRegistry registry = FakeRegistry.overTls(tls(keys, ofClient), true)) {
      String[] trust = {
        "schema.registry.ssl.truststore.location",
        keys.toString(),
        "schema.registry.ssl.truststore.password",
        PASSWORD
      };
      List<String> both = new ArrayList<>(Arrays.asList(trust));
      both.addAll(
          List.of(
              "schema.registry.ssl.keystore.location",
              ofClient.toString(),
              "schema.registry.ssl.keystore.password",
              PASSWORD));
      assertThat(writer(registry, both.toArray(String[]::new)).serialize("t", "x"))
          .startsWith(0, 0, 0, 0, 1);
      assertThatThrownBy(() -> writer(registry, trust).serialize("t", "x"))
          .isInstanceOf(SerializationException.class);
    }
  }

  /** A key with a certificate of its own, for this machine's address. */
  private Path keys(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    keytool(
        "-genkeypair",
        "-alias",
        "one",
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-ext",
        "san=ip:127.0.0.1",
        "-storetype",
        "PKCS12",
        "-keystore",
        store);
    return store;
  }

  private static void keytool(Object... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    Arrays.stream(words).map(Object::toString).forEach(command::add);
    command.addAll(List.of("-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String told = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(told).isZero();
  }

  private static SSLContext tls(Path keys, Path trusted)
      throws IOException, GeneralSecurityException {
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store(keys), PASSWORD.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store(trusted == null ? keys : trusted));
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return tls;
  }

  private static KeyStore store(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      return store;
    }
  }
}
