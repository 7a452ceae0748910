import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Gives the classes of a jar the class file format of Java 8 when theirs is older than Java 6. The
 * JVM leaves such classes out of its start-up caches, because they lack the stack maps by which
 * newer ones are verified; the maps are worked out here. What the classes do stays the same.
 *
 * <pre>java NewerClasses.java JAR</pre>
 */
final class NewerClasses {
  private static final int JAVA_6 = 50;
  private static final int JAVA_8 = 52;
  private static final int VERSION_AT = 6;

  private final JarFile jar;
  private final ClassFile format;

  private NewerClasses(JarFile jar) {
    this.jar = jar;
    this.format =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(this::find).cached()));
  }

  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[0]);
    Path rewritten = Path.of(path + ".new");
    try (JarFile jar = new JarFile(path.toFile());
        OutputStream file = Files.newOutputStream(rewritten);
        JarOutputStream out = new JarOutputStream(file)) {
      new NewerClasses(jar).write(out);
    }
    Files.move(rewritten, path, StandardCopyOption.REPLACE_EXISTING);
  }

  private void write(JarOutputStream out) throws IOException {
    for (JarEntry entry : Collections.list(jar.entries())) {
      byte[] bytes = jar.getInputStream(entry).readAllBytes();
      JarEntry written = new JarEntry(entry.getName());
      written.setTime(entry.getTime());
      out.putNextEntry(written);
      out.write(entry.getName().endsWith(".class") ? newer(bytes) : bytes);
      out.closeEntry();
    }
  }

  private byte[] newer(byte[] classFile) {
    int version = (classFile[VERSION_AT] & 0xff) << 8 | classFile[VERSION_AT + 1] & 0xff;
    if (version >= JAVA_6) {
      return classFile;
    }
    return format.transformClass(format.parse(classFile), version().andThen(bodies()));
  }

  private static ClassTransform version() {
    return (builder, element) -> {
      if (element instanceof ClassFileVersion) {
        builder.withVersion(JAVA_8, 0);
      } else {
        builder.with(element);
      }
    };
  }

  /** Writes every method anew, instruction by instruction: what is copied as a whole gets no maps. */
  private static ClassTransform bodies() {
    return ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element));
  }

  /** The class file of a class in the jar or in the JDK; null when there is none. */
  private InputStream find(ClassDesc type) {
    String descriptor = type.descriptorString();
    String name = descriptor.substring(1, descriptor.length() - 1) + ".class";
    JarEntry entry = jar.getJarEntry(name);
    try {
      return entry == null
          ? ClassLoader.getSystemResourceAsStream(name)
          : jar.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
