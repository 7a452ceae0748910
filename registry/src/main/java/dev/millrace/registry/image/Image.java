package dev.millrace.registry.image;

import dev.millrace.registry.record.SchemaRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.OrderedPSet;
import org.pcollections.PMap;
import org.pcollections.PSet;
import org.pcollections.TreePMap;

/**
 * All that the registry knows after some records. Immutable; {@link #apply} is the only way to the
 * next one.
 */
public final class Image {
  /** Before the first record. */
  public static final Image EMPTY =
      new Image(
          TreePMap.empty(),
          HashTreePMap.empty(),
          HashTreePMap.empty(),
          new Scoped<>(HashTreePMap.empty()),
          new Scoped<>(HashTreePMap.empty()),
          OrderedPSet.empty());

  private final TreePMap<String, Subject> subjects;
  private final PMap<String, IdSpace> spaces;
  private final PMap<Version.Place, PSet<Version.Place>> referrers;
  private final Scoped<Config> configs;
  private final Scoped<Mode> modes;
  private final PSet<String> named;

  private Image(
      TreePMap<String, Subject> subjects,
      PMap<String, IdSpace> spaces,
      PMap<Version.Place, PSet<Version.Place>> referrers,
      Scoped<Config> configs,
      Scoped<Mode> modes,
      PSet<String> named) {
    this.subjects = subjects;
    this.spaces = spaces;
    this.referrers = referrers;
    this.configs = configs;
    this.modes = modes;
    this.named = named;
  }

  /** A subject by its full name, also when all of it is deleted. */
  public @Nullable Subject subject(String name) {
    return subjects.get(name);
  }

  /** All subjects in the order of their full names, those that are deleted too. */
  public Collection<Subject> subjects() {
    return subjects.values();
  }

  /** The ids of a context. */
  public IdSpace ids(String context) {
    return spaces.getOrDefault(context, IdSpace.EMPTY);
  }

  /** Whether a record says that the context is there. */
  public boolean isNamed(String context) {
    return named.contains(context);
  }

  /**
   * Contexts that have subjects, deleted ones too, or had some and were not deleted; the default
   * one always.
   */
  public Set<String> contexts() {
    Set<String> names = new TreeSet<>(named);
    names.add(SubjectName.DEFAULT_CONTEXT);
    spaces.forEach((context, space) -> {
      if (!space.byId().isEmpty()) {
        names.add(context);
      }
    });
    return names;
  }

  public Scoped<Config> configs() {
    return configs;
  }

  public Scoped<Mode> modes() {
    return modes;
  }

  /** The settings that hold for a subject, with what is said for its context and for all. */
  public Config configFor(SubjectName subject) {
    Config merged = Config.EMPTY;
    for (Config config : configs.around(subject)) {
      merged = merged.over(config);
    }
    return merged;
  }

  /** The mode that holds for a subject. */
  public Mode modeFor(SubjectName subject) {
    if (modes.global() == Mode.READONLY_OVERRIDE) {
      return Mode.READONLY_OVERRIDE;
    }
    List<Mode> around = modes.around(subject);
    return around.isEmpty() ? Mode.READWRITE : around.getFirst();
  }

  /** Versions that refer to one, deleted ones too. */
  public Collection<Version> referrers(Version.Place place) {
    List<Version> found = new ArrayList<>();
    for (Version.Place from : referrers.getOrDefault(place, OrderedPSet.empty())) {
      Version version = version(from);
      if (version != null) {
        found.add(version);
      }
    }
    return found;
  }

  /** A version, deleted or not. */
  public @Nullable Version version(Version.Place place) {
    Subject subject = subjects.get(place.subject());
    return subject == null ? null : subject.version(place.version());
  }

  /**
   * Contexts whose highest id cannot be told from what is there, and that id. Whoever deletes for
   * good writes it down, or ids would be given twice after a compaction.
   */
  public Map<String, Integer> maxIdsBeyond() {
    Map<String, Integer> beyond = new TreeMap<>();
    spaces.forEach((context, space) -> {
      if (space.maxId() > space.maxIdThere()) {
        beyond.put(context, space.maxId());
      }
    });
    return beyond;
  }

  /** What is known after one more record. */
  public Image apply(SchemaRecord record) {
    return switch (record) {
      case SchemaRecord.SchemaSet set -> without(set.version().place()).plus(set.version());
      case SchemaRecord.SchemaGone gone ->
          without(new Version.Place(gone.subject(), gone.version()));
      case SchemaRecord.SubjectDeleted deleted -> delete(deleted);
      case SchemaRecord.SubjectCleared cleared -> clear(cleared.subject());
      case SchemaRecord.ConfigSet set -> with(configs.with(set.scope(), set.config()), modes);
      case SchemaRecord.ModeSet set -> with(configs, modes.with(set.scope(), set.mode()));
      case SchemaRecord.ContextSet set -> withNamed(named.plus(set.context()));
      case SchemaRecord.ContextGone gone -> withNamed(named.minus(gone.context()));
      case SchemaRecord.Noop noop -> withMaxIds(noop.maxIds());
      case SchemaRecord.Other other -> this;
    };
  }

  private Image plus(Version version) {
    String context = SubjectName.parse(version.subject()).context();
    IdSpace space = ids(context).with(version);
    IdSpace.Identified identified = space.byId().get(version.id());
    Version shared =
        identified != null && identified.definition().guid().equals(version.definition().guid())
            ? version.sharing(identified.definition())
            : version;
    Subject known = subjects.get(version.subject());
    Subject subject = known == null ? Subject.of(shared) : known.with(shared);
    PMap<Version.Place, PSet<Version.Place>> from = referrers;
    for (Reference reference : version.definition().references()) {
      Version.Place place = place(reference, context);
      from = from.plus(place, from.getOrDefault(place, OrderedPSet.empty()).plus(version.place()));
    }
    return new Image(
        subjects.plus(version.subject(), subject),
        spaces.plus(context, space),
        from,
        configs,
        modes,
        named);
  }

  private Image without(Version.Place place) {
    Subject subject = subjects.get(place.subject());
    Version version = subject == null ? null : subject.version(place.version());
    if (subject == null || version == null) {
      return this;
    }
    String context = SubjectName.parse(place.subject()).context();
    Subject left = subject.without(place.version());
    PMap<Version.Place, PSet<Version.Place>> from = referrers;
    for (Reference reference : version.definition().references()) {
      Version.Place to = place(reference, context);
      PSet<Version.Place> fewer = from.getOrDefault(to, OrderedPSet.empty()).minus(place);
      from = fewer.isEmpty() ? from.minus(to) : from.plus(to, fewer);
    }
    return new Image(
        left == null ? subjects.minus(place.subject()) : subjects.plus(place.subject(), left),
        spaces.plus(context, ids(context).without(version)),
        from,
        configs,
        modes,
        named);
  }

  private Image delete(SchemaRecord.SubjectDeleted deleted) {
    Subject subject = subjects.get(deleted.subject());
    if (subject == null) {
      return this;
    }
    Subject marked = subject;
    for (Version version : subject.live()) {
      if (version.version() <= deleted.upTo()) {
        marked = marked.with(version.asDeleted(deleted.timestampMs()));
      }
    }
    return new Image(
        subjects.plus(subject.name(), marked), spaces, referrers, configs, modes, named);
  }

  /** Forgets what is deleted already. */
  private Image clear(String name) {
    Subject subject = subjects.get(name);
    Image cleared = this;
    if (subject != null) {
      for (Version version : subject.all()) {
        cleared = version.deleted() ? cleared.without(version.place()) : cleared;
      }
    }
    return cleared;
  }

  private Image with(Scoped<Config> otherConfigs, Scoped<Mode> otherModes) {
    return new Image(subjects, spaces, referrers, otherConfigs, otherModes, named);
  }

  private Image withNamed(PSet<String> otherNamed) {
    return new Image(subjects, spaces, referrers, configs, modes, otherNamed);
  }

  private Image withMaxIds(Map<String, Integer> maxIds) {
    PMap<String, IdSpace> counted = spaces;
    for (Map.Entry<String, Integer> entry : maxIds.entrySet()) {
      IdSpace space = counted.getOrDefault(entry.getKey(), IdSpace.EMPTY);
      counted = counted.plus(entry.getKey(), space.withMaxId(entry.getValue()));
    }
    return new Image(subjects, counted, referrers, configs, modes, named);
  }

  /** Where a reference of a schema in a context leads. */
  public static Version.Place place(Reference reference, String context) {
    return new Version.Place(
        SubjectName.parse(reference.subject(), context).text(), reference.version());
  }
}
