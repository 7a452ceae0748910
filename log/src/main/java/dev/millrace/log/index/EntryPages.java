package dev.millrace.log.index;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Pages of an index file that look-ups read lately: readers go forward, so the next look-up is on
 * the page of the last one or just behind it, and every search passes the same few pages in the
 * middle. At most {@value #SLOTS} pages of {@value #PAGE_ENTRIES} entries. Safe for any thread;
 * whoever changes what pages hold begins anew with other pages.
 */
final class EntryPages {
  /** Entries of a page; the last page of a file may have fewer. */
  static final int PAGE_ENTRIES = 256;

  /** Odd, so that the pages in the middle of halves do not share a slot. */
  static final int SLOTS = 31;

  private final AtomicReferenceArray<@Nullable Page> slots = new AtomicReferenceArray<>(SLOTS);

  private record Page(int number, ByteBuffer entries) {}

  /**
   * The bytes of a page from 0 to their limit.
   *
   * @param bytes that it has to have at least, as far as the file has them
   * @param load reads a page from the file
   */
  ByteBuffer page(int number, int bytes, IntFunction<ByteBuffer> load) {
    Page known = slots.get(number % SLOTS);
    if (known != null && known.number == number && known.entries.limit() >= bytes) {
      return known.entries;
    }
    ByteBuffer loaded = load.apply(number);
    slots.set(number % SLOTS, new Page(number, loaded));
    return loaded;
  }
}
