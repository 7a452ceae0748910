package dev.millrace.log;

/** Who wants to append, which decides what is checked. */
public enum AppendOrigin {
  /** A client: sequences, epochs and duplicates are checked. */
  CLIENT,
  /** A coordinator or the controller of this node: its producer epochs are checked. */
  COORDINATOR
}
