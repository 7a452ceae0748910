package dev.millrace.serializers.core;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of a registry over HTTPS, by {@code schema.registry.ssl.*}: a trust store (JKS,
 * PKCS12 or PEM) and a key store (JKS or PKCS12). Without them those of the JDK are taken.
 */
final class Tls {
  private static final String PREFIX = "schema.registry.ssl.";
  private static final String TRUST = PREFIX + "truststore.";
  private static final String KEYS = PREFIX + "keystore.";
  private static final String ENDPOINT = PREFIX + "endpoint.identification.algorithm";

  private final Settings settings;

  Tls(Settings settings) {
    this.settings = settings;
  }

  /**
   * What connections are made with; null when no setting speaks of it.
   *
   * @throws IllegalArgumentException when a store cannot be read; the message names the setting
   */
  @Nullable SSLContext context() {
    checkNames();
    KeyStore trusted = trusted();
    KeyManager[] own = own();
    if (trusted == null && own == null) {
      return null;
    }
    String protocol = settings.text(PREFIX + "protocol");
    try {
      SSLContext context = SSLContext.getInstance(protocol == null ? "TLS" : protocol);
      context.init(own, trusted == null ? null : managers(trusted), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "TLS to the registry cannot be set up, " + PREFIX + "protocol=" + protocol + ": " + e, e);
    }
  }

  /** The JDK's client checks names always. */
  private void checkNames() {
    Object wanted = settings.raw(ENDPOINT);
    if (wanted != null && !wanted.toString().strip().equalsIgnoreCase("https")) {
      throw new IllegalArgumentException(
          "the registry's name is always compared with its certificate, "
              + ENDPOINT
              + "="
              + wanted
              + "; give it a certificate for the name in schema.registry.url");
    }
  }

  private static TrustManager[] managers(KeyStore trusted) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }

  private @Nullable KeyStore trusted() {
    String inPlace = settings.text(TRUST + "certificates");
    if (inPlace != null) {
      return certificates(
          inPlace.getBytes(StandardCharsets.US_ASCII), TRUST + "certificates=(text)");
    }
    String location = settings.text(TRUST + "location");
    if (location == null) {
      return null;
    }
    return "PEM".equalsIgnoreCase(settings.text(TRUST + "type"))
        ? certificates(bytes(location, TRUST), TRUST + "location=" + location)
        : store(location, TRUST, settings.text(TRUST + "password"));
  }

  private KeyManager @Nullable [] own() {
    String location = settings.text(KEYS + "location");
    if ("PEM".equalsIgnoreCase(settings.text(KEYS + "type"))) {
      throw new IllegalArgumentException(
          "keys are read from JKS and PKCS12, "
              + KEYS
              + "type=PEM; make a PKCS12 of it: openssl pkcs12 -export");
    }
    if (location == null) {
      return null;
    }
    String password = settings.text(KEYS + "password");
    String ofKey = settings.text(PREFIX + "key.password");
    String opening = ofKey == null ? password : ofKey;
    try {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store(location, KEYS, password), opening == null ? null : opening.toCharArray());
      return factory.getKeyManagers();
    } catch (GeneralSecurityException e) {
      throw unreadable(KEYS + "location=" + location, e);
    }
  }

  private KeyStore store(String location, String prefix, @Nullable String password) {
    String type = settings.text(prefix + "type");
    try (InputStream in = new ByteArrayInputStream(bytes(location, prefix))) {
      KeyStore store = KeyStore.getInstance(type == null ? "JKS" : type);
      store.load(in, password == null ? null : password.toCharArray());
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(prefix + "location=" + location, e);
    }
  }

  private static byte[] bytes(String location, String prefix) {
    try {
      return Files.readAllBytes(Path.of(location));
    } catch (IOException e) {
      throw unreadable(prefix + "location=" + location, e);
    }
  }

  private static KeyStore certificates(byte[] pem, String where) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int count = 0;
      for (Certificate one :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        store.setCertificateEntry("trusted-" + count++, one);
      }
      if (count == 0) {
        throw new IllegalArgumentException("there is no certificate, " + where);
      }
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(where, e);
    }
  }

  private static IllegalArgumentException unreadable(String where, Exception reason) {
    return new IllegalArgumentException(
        "it cannot be read, " + where + " reason=" + reason, reason);
  }
}
