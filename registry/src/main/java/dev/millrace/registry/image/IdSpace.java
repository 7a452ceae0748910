package dev.millrace.registry.image;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.OrderedPSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * The ids of one context. An id belongs to one definition for ever: {@link #maxId} never goes back,
 * also when what had the highest id is deleted for good.
 *
 * @param byId what each id stands for and which versions have it
 * @param byGuid the id of a definition
 * @param maxId highest id that was ever given, 0 before the first
 */
public record IdSpace(PMap<Integer, Identified> byId, PMap<UUID, Integer> byGuid, int maxId) {
  static final IdSpace EMPTY = new IdSpace(HashTreePMap.empty(), HashTreePMap.empty(), 0);

  /**
   * What an id stands for.
   *
   * @param places versions that have it, deleted ones too
   */
  public record Identified(int id, Definition definition, PSet<Version.Place> places) {}

  /** The id of a definition, or null when the context has none. */
  public @Nullable Integer idOf(Definition definition) {
    return byGuid.get(definition.guid());
  }

  /** Highest id of those that are still there. */
  public int maxIdThere() {
    int max = 0;
    for (int id : byId.keySet()) {
      max = Math.max(max, id);
    }
    return max;
  }

  IdSpace with(Version version) {
    Identified known = byId.get(version.id());
    boolean same = known != null && known.definition().guid().equals(version.definition().guid());
    PSet<Version.Place> places =
        known == null ? OrderedPSet.<Version.Place>empty() : known.places();
    Definition definition = same && known != null ? known.definition() : version.definition();
    UUID guid = definition.guid();
    return new IdSpace(
        byId.plus(
            version.id(), new Identified(version.id(), definition, places.plus(version.place()))),
        byGuid.containsKey(guid) ? byGuid : byGuid.plus(guid, version.id()),
        Math.max(maxId, version.id()));
  }

  IdSpace without(Version version) {
    Identified known = byId.get(version.id());
    if (known == null) {
      return this;
    }
    PSet<Version.Place> left = known.places().minus(version.place());
    if (!left.isEmpty()) {
      Identified fewer = new Identified(known.id(), known.definition(), left);
      return new IdSpace(byId.plus(version.id(), fewer), byGuid, maxId);
    }
    UUID guid = known.definition().guid();
    boolean isItsId = Integer.valueOf(version.id()).equals(byGuid.get(guid));
    return new IdSpace(byId.minus(version.id()), isItsId ? byGuid.minus(guid) : byGuid, maxId);
  }

  IdSpace withMaxId(int atLeast) {
    return atLeast <= maxId ? this : new IdSpace(byId, byGuid, atLeast);
  }
}
