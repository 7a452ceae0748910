package dev.millrace.quorum.control;

import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.wire.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds resources that a request names more than once. */
final class Duplicates {
  private Duplicates() {}

  static Set<ConfigResource> of(List<ConfigResource> resources) {
    Set<ConfigResource> once = new HashSet<>();
    Set<ConfigResource> twice = new HashSet<>();
    for (ConfigResource resource : resources) {
      if (!once.add(resource)) {
        twice.add(resource);
      }
    }
    return twice;
  }

  static void check(Set<ConfigResource> twice, ConfigResource resource) {
    if (twice.contains(resource)) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST, "resource is named twice in the request, " + resource);
    }
  }
}
