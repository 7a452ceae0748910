package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;

/** What reads and what was written with; descriptors are equal when they are the same object. */
sealed interface ProtoPair {
  /** Two files. */
  record Files(FileDescriptor reader, FileDescriptor writer) implements ProtoPair {}

  /** Two messages. */
  record Messages(Descriptor reader, Descriptor writer) implements ProtoPair {}
}
