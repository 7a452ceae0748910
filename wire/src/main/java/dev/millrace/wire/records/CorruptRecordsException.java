package dev.millrace.wire.records;

import dev.millrace.wire.WireException;
import java.io.Serial;

/**
 * Record bytes that are not what their format says: a batch whose length cannot be, a magic that is
 * not spoken, records that do not fill their batch, a compressed payload that cannot be decoded or
 * that would grow beyond its limit.
 */
public class CorruptRecordsException extends WireException {
  @Serial private static final long serialVersionUID = 1L;

  public CorruptRecordsException(String message) {
    super(message);
  }

  public CorruptRecordsException(String message, Throwable cause) {
    super(message, cause);
  }
}
