package dev.millrace.compat;

import dev.millrace.wire.Message;
import dev.millrace.wire.random.MessageKind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of metadata and coordinator record, in every version, against Kafka's server jars. */
class RecordKindsDifferentialTest {
  private static final ServerJars JARS = new ServerJars();

  private static List<Differential> metadata() {
    return pairs(dev.millrace.quorum.record.RecordKinds.class, "org.apache.kafka.common.metadata.");
  }

  private static List<Differential> coordinator() {
    return pairs(
        dev.millrace.coordinator.record.RecordKinds.class,
        "org.apache.kafka.coordinator.group.generated.");
  }

  private static List<Differential> transactions() {
    return pairs(
        dev.millrace.coordinator.transaction.record.RecordKinds.class,
        "org.apache.kafka.coordinator.transaction.generated.");
  }

  @ParameterizedTest
  @MethodSource("transactions")
  void sameTransactionRecords(Differential record) {
    record.compare();
  }

  @ParameterizedTest
  @MethodSource("metadata")
  void sameMetadataRecords(Differential record) {
    record.compare();
  }

  @ParameterizedTest
  @MethodSource("coordinator")
  void sameCoordinatorRecords(Differential record) {
    record.compare();
  }

  /** All generated records beside the index of them. */
  private static List<Differential> pairs(Class<?> index, String theirPackage) {
    return classNames(index)
        .filter(name -> !name.contains("$"))
        .map(name -> load(index.getPackageName() + "." + name))
        .filter(type -> Message.class.isAssignableFrom(type))
        .map(type ->
            new Differential(
                new MessageKind(type.asSubclass(Message.class)),
                JARS.message(theirPackage + type.getSimpleName())))
        .toList();
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new LinkageError("no such class, name=" + name, e);
    }
  }

  private static Stream<String> classNames(Class<?> index) {
    try {
      URI folder = index.getResource("RecordKinds.class").toURI();
      if (folder.getScheme().equals("file")) {
        return namesIn(Path.of(folder).getParent());
      }
      try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
        return namesIn(jar.provider().getPath(folder).getParent());
      }
    } catch (IOException | java.net.URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<String> namesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
              .map(name -> name.substring(0, name.length() - ".class".length()))
              .sorted()
              .toList();
      return names.stream();
    }
  }
}
