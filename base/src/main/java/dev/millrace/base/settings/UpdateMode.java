package dev.millrace.base.settings;

/** Where a setting may be changed while the node runs. */
public enum UpdateMode {
  /** Nowhere: the file or the command line, then a restart. */
  READ_ONLY("read-only"),
  /** For each broker by its id. */
  PER_BROKER("per-broker"),
  /** For each broker by its id, or for all at once as the default of the cluster. */
  CLUSTER_WIDE("cluster-wide");

  private final String word;

  UpdateMode(String word) {
    this.word = word;
  }

  /** The word that documentation uses. */
  public String word() {
    return word;
  }

  static UpdateMode ofWord(String word) {
    for (UpdateMode mode : values()) {
      if (mode.word.equals(word)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("no such update mode, word=" + word);
  }
}
