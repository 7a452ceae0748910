package dev.millrace.wire.records;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A header of a record (KIP-82).
 *
 * @param key any text; several headers of a record may have the same
 * @param value the bytes from position to limit, or null
 */
public record RecordHeader(String key, @Nullable ByteBuffer value) {}
