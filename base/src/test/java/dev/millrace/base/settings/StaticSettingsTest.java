package dev.millrace.base.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StaticSettingsTest {
  @Test
  void honouredSettingsAreTaken() {
    StaticSettings read = StaticSettings.read(Map.of("num.partitions", " 4 ", "node.id", "0"));
    assertThat(read.values()).containsEntry("num.partitions", "4").containsEntry("node.id", "0");
    assertThat(read.warnings()).isEmpty();
  }

  @Test
  void settingsOfPartsThatAreNotThereWarn() {
    StaticSettings read =
        StaticSettings.read(
            Map.of(
                "transaction.two.phase.commit.enable", "true",
                "alter.log.dirs.replication.quota.window.num", "12",
                "leader.imbalance.check.interval.seconds", "30",
                "ssl.truststore.password", "secret",
                "num.io.threads", "16"));
    assertThat(read.warnings())
        .contains(
            "ssl.truststore.password has no effect: there is no TLS listener yet that it could"
                + " count for",
            "transaction.two.phase.commit.enable has no effect: two-phase commit is not there yet",
            "num.io.threads has no effect: requests run to completion on the event loops, see"
                + " millrace.loops")
        .hasSize(4);
  }

  @Test
  void aWrongValueOfAPartThatIsNotThereIsStillWrong() {
    assertRefused("transaction.state.log.min.isr", "none", "is wrong");
  }

  @Test
  void promisesOfProtectionAreRefused() {
    assertRefused("authorizer.class.name", "org.example.Authorizer", "is refused: there is no");
    assertRefused("sasl.enabled.mechanisms", "PLAIN", "is refused");
    assertRefused("ssl.client.auth", "required", "is refused");
    assertRefused("ssl.keystore.password", "secret", "ssl.keystore.password=[hidden] is refused");
    assertRefused("super.users", "User:admin", "is refused");
    assertRefused("allow.everyone.if.no.acl.found", "false", "is refused");
    assertRefused("listener.name.internal.plain.sasl.jaas.config", "x", "is refused: there is no");
    assertRefused("listeners", "SSL://localhost:9093", "to speak SSL, but only PLAINTEXT");
  }

  @Test
  void defaultsOfRefusedSettingsAreAccepted() {
    StaticSettings read =
        StaticSettings.read(
            Map.of(
                "authorizer.class.name", "",
                "sasl.enabled.mechanisms", "GSSAPI",
                "ssl.keystore.location", "",
                "allow.everyone.if.no.acl.found", "true",
                "security.inter.broker.protocol", "PLAINTEXT"));
    assertThat(read.warnings()).isEmpty();
  }

  @Test
  void unknownNamesGetTheNearestOne() {
    assertRefused("auto.create.topic.enable", "true", "did you mean auto.create.topics.enable?");
    assertRefused(
        "retention.ms",
        "1",
        "is a setting of topics, the broker's default for it is log.retention.ms");
  }

  @Test
  void removedNamesWarn() {
    StaticSettings read =
        StaticSettings.read(
            Map.of("zookeeper.connect", "x:2181", "inter.broker.protocol.version", "3.9"));
    assertThat(read.values()).isEmpty();
    assertThat(read.warnings()).contains("zookeeper.connect has no effect: there is no ZooKeeper");
  }

  @Test
  void featureLevelsAreKeptApart() {
    assertThat(StaticSettings.read(Map.of("feature:group.version", "0")).features())
        .containsEntry("group.version", (short) 0);
    assertRefused("feature:group.version", "one", "allowed: a level, 0 or more");
  }

  @Test
  void theFileOfApachesQuickStartIsAccepted() {
    StaticSettings read =
        StaticSettings.read(
            Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.bootstrap.servers", "localhost:9093",
                "listeners", "PLAINTEXT://:9092,CONTROLLER://:9093",
                "inter.broker.listener.name", "PLAINTEXT",
                "advertised.listeners", "PLAINTEXT://localhost:9092",
                "controller.listener.names", "CONTROLLER",
                "listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                "num.network.threads", "3",
                "log.dirs", "/tmp/kraft-combined-logs"));
    assertThat(read.values()).containsEntry("log.dirs", "/tmp/kraft-combined-logs");
  }

  @Test
  void rolesFitVoters() {
    String voters = "1@a:9093,2@b:9093,3@[::1]:9093";
    String listeners = "PLAINTEXT://:9092,CONTROLLER://:9093";
    StaticSettings.read(Map.of("controller.quorum.voters", voters, "listeners", listeners));
    StaticSettings.read(
        Map.of("controller.quorum.voters", voters, "process.roles", "broker", "node.id", "7"));
    assertRefused("controller.quorum.voters", voters, "add CONTROLLER://HOST:PORT");
    assertRefused("controller.quorum.voters", "2@a:1", "a controller is one of the voters");
    assertRefused("controller.quorum.voters", "1@a:1,1@b:1", "names the voter 1 twice");
    assertRefused("controller.quorum.voters", "1@a:1,2@a:1", "the address of the voter 2 twice");
    assertRefused("controller.quorum.voters", "1@a", "allowed: ID@HOST:PORT");
    assertRefused("process.roles", "broker", "needs controller.quorum.voters");
    assertRefused("process.roles", "controller", "needs controller.quorum.voters with itself");
    StaticSettings.read(
        Map.of(
            "process.roles", "controller",
            "controller.quorum.voters", voters,
            "listeners", "CONTROLLER://:9093"));
    StaticSettings.read(
        Map.of(
            "process.roles", "broker",
            "controller.quorum.bootstrap.servers", "a:9093,b:9093"));
    assertRefused("inter.broker.listener.name", "INSIDE", "it is not one of listeners");
  }

  @Test
  void listenersMustBeReachable() {
    assertRefused("listeners", "localhost:9092", "allowed: NAME://HOST:PORT");
    assertRefused("listeners", "PLAINTEXT://h:70000", "allowed: NAME://HOST:PORT");
    assertRefused(
        "listeners", "PLAINTEXT://h:1,plaintext://h:2", "names the listener PLAINTEXT twice");
    assertRefused("listeners", "FRONT://h:1", "must say the protocol of FRONT");
    assertRefused("listeners", "CONTROLLER://h:1", "clients need one");
    assertRefused("advertised.listeners", "PLAINTEXT://0.0.0.0:9092", "name a host");
    assertRefused("advertised.listeners", "OTHER://h:9092", "is not one of listeners");
    assertThat(
            Listener.parseAll("listeners", java.util.List.of("PLAINTEXT://[::1]:9092")).getFirst())
        .isEqualTo(new Listener("PLAINTEXT", "::1", 9092))
        .hasToString("PLAINTEXT://[::1]:9092");
  }

  private static void assertRefused(String name, String value, String part) {
    assertThatThrownBy(() -> StaticSettings.read(Map.of(name, value)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(part);
  }
}
