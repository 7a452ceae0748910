package dev.millrace.replica;

/** Who wrote a batch, which decides what is checked of its producer. */
public enum AppendOrigin {
  /** A client: sequences and epoch of its producer are checked. */
  CLIENT,
  /** A coordinator in this process: only the producer's epoch is checked. */
  COORDINATOR
}
