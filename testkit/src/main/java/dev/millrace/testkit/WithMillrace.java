package dev.millrace.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a node that all its tests share: parameters of type {@link TestBroker} of its
 * constructor, tests and life-cycle methods get it, those of type {@link TestCluster} several
 * nodes.
 *
 * <pre>
 *   &#64;WithMillrace(settings = "num.partitions=3")
 *   class OrdersTest {
 *     &#64;Test
 *     void countsOrders(TestBroker broker) { ... }
 *   }
 * </pre>
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(MillraceExtension.class)
public @interface WithMillrace {
  /** Nodes of a {@link TestCluster} where nothing else is said. */
  int NODES = 3;

  /** How many nodes a {@link TestCluster} has. */
  int nodes() default NODES;

  /** {@code name=value} of Apache Kafka's and Millrace's names. */
  String[] settings() default {};
}
