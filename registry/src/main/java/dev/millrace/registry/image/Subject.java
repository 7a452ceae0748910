package dev.millrace.registry.image;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The versions of one subject, deleted ones too. Immutable.
 *
 * @param name its full name
 * @param versions by number; never empty
 */
public record Subject(String name, TreePMap<Integer, Version> versions) {

  static Subject of(Version first) {
    return new Subject(
        first.subject(), TreePMap.<Integer, Version>empty().plus(first.version(), first));
  }

  /** A version, deleted or not. */
  public @Nullable Version version(int number) {
    return versions.get(number);
  }

  /** Versions in the order of their numbers. */
  public List<Version> all() {
    return List.copyOf(versions.values());
  }

  /** Versions that are not deleted, in the order of their numbers. */
  public List<Version> live() {
    return versions.values().stream().filter(version -> !version.deleted()).toList();
  }

  /** The newest version that is not deleted. */
  public @Nullable Version latest() {
    for (Version version : versions.descendingMap().values()) {
      if (!version.deleted()) {
        return version;
      }
    }
    return null;
  }

  /** The newest version, deleted or not. */
  public Version last() {
    return versions.lastEntry().getValue();
  }

  public boolean isDeleted() {
    return latest() == null;
  }

  Subject with(Version version) {
    return new Subject(name, versions.plus(version.version(), version));
  }

  @Nullable Subject without(int number) {
    TreePMap<Integer, Version> left = versions.minus(number);
    return left.isEmpty() ? null : new Subject(name, left);
  }
}
