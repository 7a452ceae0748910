package dev.millrace.bench;

import dev.millrace.bench.process.Folders;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where things lie on this machine; the script that starts the program knows it.
 *
 * @param root of the repository
 * @param launcher of the repository's build, or of another one
 * @param kafkaLibraries a folder with Apache Kafka's jars
 * @param rdkafka the program rdkafka_performance
 * @param packaged the launcher of the shipped form, when one was made
 * @param work a folder for nodes, on the disk that is measured
 */
record Places(
    Path root,
    Path launcher,
    Path kafkaLibraries,
    Path rdkafka,
    Optional<Path> packaged,
    Path work) {

  private static final String NODES = "nodes";

  static Places fromProperties() {
    Path root = path("millrace.bench.root");
    return new Places(
        root,
        path("millrace.bench.launcher"),
        path("millrace.bench.kafka"),
        path("millrace.bench.rdkafka"),
        Optional.ofNullable(System.getProperty("millrace.bench.packaged"))
            .filter(launcher -> !launcher.isEmpty())
            .map(Path::of),
        root.resolve("bench/target").resolve(Folders.ofThisProcess(NODES)));
  }

  /** Deletes what runs have left that could not end well. */
  void tidy() {
    Folders.deleteAbandoned(root.resolve("bench/target"), NODES);
  }

  /** The page that a run of all scenarios writes. */
  Path page() {
    return root.resolve("docs/benchmarks.md");
  }

  /** The JDK that runs this program runs everything. */
  Path javaHome() {
    return Path.of(System.getProperty("java.home", "."));
  }

  private static Path path(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalArgumentException("start it by ./dev bench, missing property=" + property);
    }
    return Path.of(value).toAbsolutePath();
  }
}
