package dev.millrace.registry.topic;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.record.RecordFormat;
import dev.millrace.registry.record.RecordFormat.Written;
import dev.millrace.registry.record.SchemaRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.OrderedPSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * Keys that mean the same as ours and have other bytes, because another program or release wrote
 * them. Compaction keeps such a record beside ours: when ours is deleted and both are gone, it
 * would come back. So whoever deletes a key deletes its other spellings too. Immutable.
 *
 * @param others by the key as it is written here
 */
record Spellings(PMap<Bytes, PSet<Bytes>> others) {
  static final Spellings NONE = new Spellings(HashTreePMap.empty());

  /** After a record that was read. */
  Spellings after(Written read, SchemaRecord record) {
    if (record instanceof SchemaRecord.Other) {
      return this;
    }
    Bytes ours = RecordFormat.key(record);
    if (ours.equals(read.key())) {
      return this;
    }
    PSet<Bytes> known = others.getOrDefault(ours, OrderedPSet.empty());
    if (read.value() != null) {
      return new Spellings(others.plus(ours, known.plus(read.key())));
    }
    PSet<Bytes> left = known.minus(read.key());
    return new Spellings(left.isEmpty() ? others.minus(ours) : others.plus(ours, left));
  }

  /** Records with what has to be deleted beside them. */
  List<Written> complete(List<Written> records) {
    if (others.isEmpty()) {
      return records;
    }
    List<Written> all = new ArrayList<>(records);
    for (Written record : records) {
      @Nullable PSet<Bytes> spelled = record.value() == null ? others.get(record.key()) : null;
      if (spelled != null) {
        spelled.forEach(key -> all.add(new Written(key, null)));
      }
    }
    return all;
  }
}
