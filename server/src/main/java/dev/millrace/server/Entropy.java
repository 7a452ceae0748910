package dev.millrace.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Where a node's randomness begins. Ids and placement need to be different, not secret, so a fast
 * generator is seeded by the system: straight from its device, because the JDK's own way to it
 * costs a start 40 ms.
 */
final class Entropy {
  private static final Path DEVICE = Path.of("/dev/urandom");

  private Entropy() {}

  /** A generator that no other process has. Belongs to one thread. */
  static RandomGenerator generator() {
    return new SplittableRandom(seed());
  }

  /**
   * Numbers that nobody can guess, for what opens doors to whoever knows it. Safe for any thread;
   * each number is a read of the system's device.
   */
  static RandomGenerator secrets() {
    return Entropy::seed;
  }

  private static long seed() {
    try (InputStream in = Files.newInputStream(DEVICE)) {
      return ByteBuffer.wrap(in.readNBytes(Long.BYTES)).getLong();
    } catch (IOException e) {
      return new SecureRandom().nextLong();
    }
  }
}
