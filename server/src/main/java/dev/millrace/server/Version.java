package dev.millrace.server;

/** The version of this build. */
public final class Version {
  private Version() {}

  /** The version as the jar says; {@code development} when run from classes. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
