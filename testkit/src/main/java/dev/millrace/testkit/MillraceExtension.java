package dev.millrace.testkit;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The extension behind {@link WithMillrace}: starts a node when the first test of a class asks for
 * it and closes it after the class.
 */
public final class MillraceExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(MillraceExtension.class);

  /** Made by JUnit. */
  public MillraceExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> wanted = parameter.getParameter().getType();
    return wanted == TestBroker.class || wanted == TestCluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> test = context.getRequiredTestClass();
    ExtensionContext.Store store = classContext(context).getStore(NAMESPACE);
    return parameter.getParameter().getType() == TestCluster.class
        ? store.computeIfAbsent(
            TestCluster.class, key -> TestCluster.start(nodes(test), settings(test)))
        : store.computeIfAbsent(TestBroker.class, key -> TestBroker.start(settings(test)));
  }

  /** The context of the outermost class, whose end closes what is stored there. */
  private static ExtensionContext classContext(ExtensionContext context) {
    ExtensionContext found = context;
    while (found.getParent().isPresent() && found.getParent().get().getTestClass().isPresent()) {
      found = found.getParent().get();
    }
    return found;
  }

  private static int nodes(Class<?> test) {
    for (Class<?> each = test; each != null; each = each.getEnclosingClass()) {
      WithMillrace wanted = each.getAnnotation(WithMillrace.class);
      if (wanted != null) {
        return wanted.nodes();
      }
    }
    return WithMillrace.NODES;
  }

  private static Map<String, String> settings(Class<?> test) {
    Map<String, String> settings = new TreeMap<>();
    for (Class<?> each = test; each != null; each = each.getEnclosingClass()) {
      WithMillrace wanted = each.getAnnotation(WithMillrace.class);
      if (wanted != null) {
        for (String setting : wanted.settings()) {
          int equals = setting.indexOf('=');
          if (equals <= 0) {
            throw new IllegalArgumentException(
                "setting must be written name=value, setting=" + setting);
          }
          settings.putIfAbsent(
              setting.substring(0, equals).strip(), setting.substring(equals + 1).strip());
        }
      }
    }
    return settings;
  }
}
