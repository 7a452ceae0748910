package dev.millrace.base.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rules that tie several settings of a node together. */
final class Consistency {
  private static final String BOOTSTRAP = "controller.quorum.bootstrap.servers";

  private final BrokerSettings settings;

  private Consistency(BrokerSettings settings) {
    this.settings = settings;
  }

  /**
   * @throws SettingException for the first rule that is broken
   */
  static void check(BrokerSettings settings) {
    Consistency rules = new Consistency(settings);
    rules.rolesFitVoters();
    rules.nodesListen();
    rules.listenersArePlain();
    rules.advertisedAreReachable();
    rules.notAbove("group.min.session.timeout.ms", "group.max.session.timeout.ms");
    rules.within("group.consumer.", "session.timeout.ms");
    rules.within("group.consumer.", "heartbeat.interval.ms");
    rules.within("group.consumer.", "assignment.interval.ms");
    rules.within("group.streams.", "session.timeout.ms");
    rules.within("group.streams.", "heartbeat.interval.ms");
    rules.within("group.streams.", "assignment.interval.ms");
  }

  /** A voter leads or follows the metadata; a broker that is none follows the voters. */
  private void rolesFitVoters() {
    boolean isController = hasRole("controller");
    List<Voter> voters = Voter.parseAll(settings.listValue(Voter.SETTING));
    int self = settings.intValue("node.id");
    boolean isVoter = voters.stream().anyMatch(voter -> voter.id() == self);
    if (isController && !voters.isEmpty() && !isVoter) {
      throw refused(
          Voter.SETTING,
          "a controller is one of the voters, add "
              + self
              + "@HOST:PORT or set process.roles=broker");
    }
    if (!isController && isVoter) {
      throw refused(
          "process.roles",
          "the node is a voter in " + Voter.SETTING + ", allowed: broker,controller");
    }
    if (!isController && voters.isEmpty() && settings.listValue(BOOTSTRAP).isEmpty()) {
      throw refused(
          "process.roles",
          "a broker needs " + Voter.SETTING + " or " + BOOTSTRAP + " to find the metadata");
    }
    if (!hasRole("broker") && voters.isEmpty()) {
      throw refused(
          "process.roles",
          "a controller needs " + Voter.SETTING + " with itself and the other voters");
    }
    if (isController && (voters.size() > 1 || !hasRole("broker"))) {
      controllersListen();
    }
  }

  private boolean hasRole(String role) {
    return settings.listValue("process.roles").contains(role);
  }

  private void controllersListen() {
    List<String> ofController = settings.listValue("controller.listener.names");
    List<Listener> listeners = Listener.parseAll("listeners", settings.listValue("listeners"));
    if (listeners.stream().noneMatch(listener -> ofController.contains(listener.name()))) {
      throw refused(
          "listeners",
          "other nodes need one that controller.listener.names names, add "
              + (ofController.isEmpty() ? "CONTROLLER" : ofController.getFirst())
              + "://HOST:PORT");
    }
  }

  /** Nodes find one another on the listener that is named, or on the first one for clients. */
  private void nodesListen() {
    String name = settings.stringOrNull("inter.broker.listener.name");
    if (name != null
        && hasRole("broker")
        && Listener.parseAll("listeners", settings.listValue("listeners")).stream()
            .noneMatch(listener -> listener.name().equals(name.toUpperCase(Locale.ROOT)))) {
      throw refused("inter.broker.listener.name", "it is not one of listeners");
    }
  }

  private void listenersArePlain() {
    List<Listener> listeners = Listener.parseAll("listeners", settings.listValue("listeners"));
    List<String> ofController = settings.listValue("controller.listener.names");
    if (hasRole("broker")
        && listeners.stream().allMatch(listener -> ofController.contains(listener.name()))) {
      throw refused("listeners", "clients need one that controller.listener.names does not name");
    }
    if (!hasRole("broker")
        && !listeners.stream().allMatch(listener -> ofController.contains(listener.name()))) {
      throw refused(
          "listeners",
          "a controller serves no clients, allowed: those that controller.listener.names names");
    }
    Map<String, String> protocols = protocols();
    for (Listener listener : listeners) {
      String protocol =
          protocols.getOrDefault(
              listener.name(), ofController.contains(listener.name()) ? "PLAINTEXT" : "");
      if (protocol.isEmpty()) {
        throw refused(
            "listeners",
            "listener.security.protocol.map must say the protocol of " + listener.name());
      }
      if (!protocol.equals("PLAINTEXT")) {
        throw refused(
            "listeners",
            "listener "
                + listener.name()
                + " is to speak "
                + protocol
                + ", but only PLAINTEXT is there yet");
      }
    }
  }

  private Map<String, String> protocols() {
    String name = "listener.security.protocol.map";
    Map<String, String> protocols = new HashMap<>();
    for (String pair : settings.stringValue(name).split("\\s*,\\s*")) {
      String[] parts = pair.split(":", -1);
      if (parts.length != 2) {
        throw refused(name, "allowed: LISTENER:PROTOCOL, several separated by commas");
      }
      protocols.put(parts[0].toUpperCase(Locale.ROOT), parts[1].toUpperCase(Locale.ROOT));
    }
    return protocols;
  }

  private void advertisedAreReachable() {
    String name = "advertised.listeners";
    List<String> known =
        Listener.parseAll("listeners", settings.listValue("listeners")).stream()
            .map(Listener::name)
            .toList();
    for (Listener advertised : Listener.parseAll(name, settings.listValue(name))) {
      if (!known.contains(advertised.name())) {
        throw refused(name, advertised.name() + " is not one of listeners");
      }
      if (advertised.isWildcard()) {
        throw refused(
            name, advertised + " is no address that a client can connect to, name a host");
      }
    }
  }

  /** A setting lies between its own {@code min.} and {@code max.}. */
  private void within(String prefix, String name) {
    notAbove(prefix + "min." + name, prefix + name);
    notAbove(prefix + name, prefix + "max." + name);
  }

  private void notAbove(String low, String high) {
    if (settings.intValue(low) > settings.intValue(high)) {
      throw refused(low, "it must not be above " + high + "=" + settings.intValue(high));
    }
  }

  private SettingException refused(String name, String why) {
    return new SettingException(name, name + "=" + shown(name) + " is refused: " + why);
  }

  private String shown(String name) {
    Object value = settings.value(name);
    return value instanceof List<?> list
        ? String.join(",", list.stream().map(Object::toString).toList())
        : String.valueOf(value);
  }
}
