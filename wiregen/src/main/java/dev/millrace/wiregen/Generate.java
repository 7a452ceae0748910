package dev.millrace.wiregen;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * Writes the Java sources of all specifications in a jar.
 *
 * <p>Arguments: the mode ({@code messages} or {@code records}), the package to write, the folder to
 * write under, a regular expression of the names wanted, and the jars to read.
 */
public final class Generate {
  private static final Pattern SPECIFICATION =
      Pattern.compile("common/(message|metadata)/(\\w+)\\.json");

  private Generate() {}

  public static void main(String[] arguments) throws IOException {
    String mode = arguments[0];
    String packageName = arguments[1];
    Path folder = Path.of(arguments[2]).resolve(packageName.replace('.', '/'));
    Pattern wanted = Pattern.compile(arguments[3]);
    List<Specification> specifications = new ArrayList<>();
    for (int i = 4; i < arguments.length; i++) {
      readJar(Path.of(arguments[i]), wanted, specifications);
    }
    specifications.sort(Comparator.comparing(Specification::name));
    Files.createDirectories(folder);
    for (Specification specification : specifications) {
      if (!specification.valid().isEmpty()) {
        write(folder, specification.name(), MessageSource.of(specification, packageName));
      }
    }
    if (mode.equals("messages")) {
      List<Specification> requests = ofKind(specifications, "request");
      write(folder, "ApiKey", ApiKeySource.of(requests, packageName));
      write(
          folder,
          "Messages",
          ApiKeySource.index(requests, ofKind(specifications, "response"), packageName));
    } else {
      write(folder, "RecordKinds", RecordKindsSource.of(specifications, packageName));
    }
    write(folder, "package-info", packageInfo(packageName));
  }

  private static void readJar(Path jar, Pattern wanted, List<Specification> into)
      throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      var entries = file.entries();
      while (entries.hasMoreElements()) {
        var entry = entries.nextElement();
        var matcher = SPECIFICATION.matcher(entry.getName());
        if (matcher.matches() && wanted.matcher(matcher.group(2)).matches()) {
          try (InputStream json = file.getInputStream(entry)) {
            into.add(SpecificationReader.read(json));
          }
        }
      }
    }
  }

  private static List<Specification> ofKind(List<Specification> specifications, String kind) {
    return specifications.stream()
        .filter(specification -> specification.kind().equals(kind))
        .sorted(Comparator.comparingInt(Specification::apiKey))
        .toList();
  }

  private static String packageInfo(String packageName) {
    return """
    /** Generated from the message specifications: immutable values, one file a message. */
    @org.jspecify.annotations.NullMarked
    package %s;
    """
        .formatted(packageName);
  }

  /**
   * Leaves a file alone that has the same text already, so that nothing is compiled again for it.
   */
  private static void write(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name + ".java");
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }
}
