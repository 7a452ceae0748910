package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** How a SCRAM credential is made (RFC 5802, KIP-554), with its number in the protocol. */
enum ScramMechanism {
  SHA_256(1, "SHA-256", "HmacSHA256"),
  SHA_512(2, "SHA-512", "HmacSHA512");

  /** Fewest and most rounds that a password was hashed. */
  static final int ITERATIONS_MIN = 4096;

  static final int ITERATIONS_MAX = 16384;

  private final int number;
  private final String digest;
  private final String mac;

  ScramMechanism(int number, String digest, String mac) {
    this.number = number;
    this.digest = digest;
    this.mac = mac;
  }

  /** What a server keeps of a password: it can check a client with that, and be none. */
  record Keys(Bytes stored, Bytes server) {}

  /** The mechanism with this number, or null when there is none. */
  static @Nullable ScramMechanism ofNumber(int number) {
    for (ScramMechanism mechanism : values()) {
      if (mechanism.number == number) {
        return mechanism;
      }
    }
    return null;
  }

  Keys keys(Bytes saltedPassword) {
    try {
      byte[] salted = saltedPassword.toArray();
      byte[] stored = MessageDigest.getInstance(digest).digest(sign(salted, "Client Key"));
      return new Keys(Bytes.copyOf(stored), Bytes.copyOf(sign(salted, "Server Key")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + digest, e);
    }
  }

  private byte[] sign(byte[] key, String text) throws GeneralSecurityException {
    Mac function = Mac.getInstance(mac);
    function.init(new SecretKeySpec(key, mac));
    return function.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }
}
