package dev.millrace.compat;

import java.util.Random;

/** One message of Kafka as Kafka's own class for it sees it. */
public interface Foreign {
  short lowestVersion();

  short highestVersion();

  /** The bytes of a message that the version can carry. */
  byte[] random(short version, Random random);

  /** Reads bytes, all of them, and writes what was read. */
  byte[] reread(byte[] bytes, short version);
}
