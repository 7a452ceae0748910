package dev.millrace.log.clean;

import java.util.ArrayList;
import java.util.List;

/** Which neighbouring segments become one. A pure function. */
final class Groups {
  private Groups() {}

  /** Groups of neighbours that together are no larger than one segment may be. */
  static List<List<Source>> of(List<Source> sources, CleanRules rules) {
    List<List<Source>> groups = new ArrayList<>();
    List<Source> group = new ArrayList<>();
    long bytes = 0;
    long indexBytes = 0;
    for (Source source : sources) {
      long more = source.segment().sizeBytes();
      long moreIndex = source.segment().indexBytes();
      boolean fits =
          group.isEmpty()
              || (bytes + more <= rules.segmentBytesMax()
                  && indexBytes + moreIndex <= rules.indexBytesMax()
                  && source.endOffset() - 1 - group.getFirst().segment().baseOffset()
                      <= Integer.MAX_VALUE);
      if (!fits) {
        groups.add(group);
        group = new ArrayList<>();
        bytes = 0;
        indexBytes = 0;
      }
      group.add(source);
      bytes += more;
      indexBytes += moreIndex;
    }
    if (!group.isEmpty()) {
      groups.add(group);
    }
    return groups;
  }
}
