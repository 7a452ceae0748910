package dev.millrace.compat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Kafka's server jars with the clients of their own version, which are another than those on the
 * class path. The build copies them into {@code target/server-jars}.
 */
final class ServerJars extends URLClassLoader {
  ServerJars() {
    super(urls(), ServerJars.class.getClassLoader());
  }

  /** A message of these jars. */
  Foreign message(String className) {
    try {
      Class<?> type = loadClass(KafkaMessage.class.getName());
      return (Foreign) type.getConstructor(String.class).newInstance(className);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no such message, name=" + className, e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean isOwn =
        name.startsWith("org.apache.kafka.") || name.startsWith(KafkaMessage.class.getName());
    if (!isOwn) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  private static URL[] urls() {
    List<URL> urls = new ArrayList<>();
    urls.add(KafkaMessage.class.getProtectionDomain().getCodeSource().getLocation());
    try (Stream<Path> jars = Files.list(Path.of("target", "server-jars"))) {
      for (Path jar : jars.toList()) {
        urls.add(jar.toUri().toURL());
      }
    } catch (IOException e) {
      throw new AssertionError("server jars are missing", e);
    }
    return urls.toArray(URL[]::new);
  }
}
