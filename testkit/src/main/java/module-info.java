/** A real node inside a test: plain API and JUnit extension. */
module dev.millrace.testkit {
  requires transitive dev.millrace.client;
  requires transitive dev.millrace.server;
  requires java.logging;
  requires static transitive org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports dev.millrace.testkit;
}
