package dev.millrace.registry.image;

/**
 * A version of a subject.
 *
 * @param subject its full name
 * @param version from 1
 * @param id of the definition within the subject's context
 * @param deleted hidden from those who do not ask for deleted ones; its id stays readable
 * @param timestampMs when the record that made it so was written
 */
public record Version(
    String subject, int version, int id, Definition definition, boolean deleted, long timestampMs) {

  /** A place where a version is, whatever it is. */
  public record Place(String subject, int version) {}

  public Place place() {
    return new Place(subject, version);
  }

  Version asDeleted(long atMs) {
    return new Version(subject, version, id, definition, true, atMs);
  }

  Version sharing(Definition same) {
    return new Version(subject, version, id, same, deleted, timestampMs);
  }
}
