package dev.millrace.registry.change;

import java.io.Serial;

/**
 * Something that cannot be had, with the code that is published for it: its first three digits are
 * the HTTP status. The message is for a person. Carries no stack trace.
 */
public final class Refusal extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private static final int DIGITS_BEHIND_STATUS = 100;
  private static final int CODES_WITH_DIGITS = 1000;

  private final int code;

  public Refusal(int code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The HTTP status: the first three digits of the code. */
  public int status() {
    return code < CODES_WITH_DIGITS ? code : code / DIGITS_BEHIND_STATUS;
  }

  /** What a person is told. */
  public String message() {
    return String.valueOf(getMessage());
  }

  public static Refusal subjectNotFound(String subject) {
    return new Refusal(40401, "Subject '" + subject + "' not found.");
  }

  public static Refusal versionNotFound(int version) {
    return new Refusal(40402, "Version " + (version < 0 ? "latest" : version) + " not found.");
  }

  public static Refusal schemaNotFound() {
    return new Refusal(40403, "Schema not found");
  }

  public static Refusal schemaNotFound(String id) {
    return new Refusal(40403, "Schema " + id + " not found");
  }

  public static Refusal subjectSoftDeleted(String subject) {
    return new Refusal(
        40404,
        "Subject '" + subject + "' was soft deleted. Set permanent=true to delete permanently");
  }

  public static Refusal subjectNotSoftDeleted(String subject) {
    return new Refusal(
        40405, "Subject '" + subject + "' was not deleted first before being permanently deleted");
  }

  public static Refusal versionSoftDeleted(String subject, int version) {
    return new Refusal(
        40406,
        "Subject '"
            + subject
            + "' Version "
            + version
            + " was soft deleted. Set permanent=true to delete permanently");
  }

  public static Refusal versionNotSoftDeleted(String subject, int version) {
    return new Refusal(
        40407,
        "Subject '"
            + subject
            + "' Version "
            + version
            + " was not deleted first before being permanently deleted");
  }

  public static Refusal noConfig(String subject) {
    return new Refusal(
        40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
  }

  public static Refusal noMode(String subject) {
    return new Refusal(
        40409, "Subject '" + subject + "' does not have subject-level mode configured");
  }

  public static Refusal incompatible(String message) {
    return new Refusal(40901, message);
  }

  public static Refusal invalidSchema(String message) {
    return new Refusal(42201, message);
  }

  public static Refusal invalidVersion(String version) {
    return new Refusal(
        42202,
        "The specified version '"
            + version
            + "' is not a valid version id. Allowed values are between [1, 2^31-1] and the string"
            + " \"latest\"");
  }

  public static Refusal invalidLevel() {
    return new Refusal(
        42203,
        "Invalid compatibility level. Valid values are none, backward, forward, full,"
            + " backward_transitive, forward_transitive, and full_transitive");
  }

  public static Refusal invalidMode() {
    return invalidMode(
        "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, IMPORT, FORWARD");
  }

  public static Refusal invalidMode(String message) {
    return new Refusal(42204, message);
  }

  public static Refusal notPermitted(String message) {
    return new Refusal(42205, message);
  }

  public static Refusal referenced(String subject, int version) {
    return new Refusal(
        42206,
        "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject="
            + subject
            + ",version="
            + version
            + "}.");
  }

  public static Refusal invalidSubject(String subject) {
    return new Refusal(42208, "The specified subject '" + subject + "' is not a valid subject.");
  }

  public static Refusal tooLarge(String message) {
    return new Refusal(42209, message);
  }

  public static Refusal invalidRules(String message) {
    return new Refusal(42210, message);
  }

  public static Refusal contextNotEmpty(String context) {
    return new Refusal(42211, "The specified context '" + context + "' is not empty.");
  }

  public static Refusal invalidAssociation(String message) {
    return new Refusal(42212, message);
  }

  public static Refusal storeFailed(String message) {
    return new Refusal(50001, message);
  }

  public static Refusal storeTimedOut(String message) {
    return new Refusal(50002, message);
  }

  public static Refusal noLeader(String message) {
    return new Refusal(50004, message);
  }
}
