package dev.millrace.server;

import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.Listener;
import dev.millrace.base.settings.SettingException;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.settings.Voter;
import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.net.Endpoint;
import dev.millrace.quorum.log.SoloLog;
import dev.millrace.quorum.voters.TakenOut;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is decided before a node starts.
 *
 * @param written the settings as they were written, checked
 * @param settings their values
 * @param http where health is told; null for nowhere
 * @param clock by which it works; what it tells other nodes of its cluster as well
 * @param unwanted whether its start is to be given up while it waits for other nodes; any thread
 */
record NodePlan(
    StaticSettings written,
    BrokerSettings settings,
    @Nullable Endpoint http,
    Clock clock,
    BooleanSupplier unwanted) {
  private static final String CONTROLLER_LISTENERS = "controller.listener.names";
  private static final String LOG_LEVEL = "millrace.log.level";

  /**
   * Checks what was written.
   *
   * @throws StartException when a setting is unknown or wrong
   */
  static NodePlan of(Map<String, String> texts, @Nullable Endpoint http) {
    try {
      StaticSettings written = StaticSettings.read(texts);
      return new NodePlan(
          written, BrokerSettings.of(written), http, SystemClock.INSTANCE, () -> false);
    } catch (SettingException e) {
      throw StartException.setting(String.valueOf(e.getMessage()));
    }
  }

  NodePlan by(Clock other) {
    return new NodePlan(written, settings, http, other, unwanted);
  }

  NodePlan unless(BooleanSupplier noLongerWanted) {
    return new NodePlan(written, settings, http, clock, noLongerWanted);
  }

  int nodeId() {
    return settings.intValue("node.id");
  }

  /** The voters of the metadata; empty when the node is the only one and nobody said so. */
  List<Voter> voters() {
    return Voter.parseAll(settings.listValue(Voter.SETTING));
  }

  /** What was written of where the voters are, for people. */
  String whereVotersAre() {
    List<Voter> voters = voters();
    return voters.isEmpty()
        ? "controller.quorum.bootstrap.servers=" + bootstrapServers()
        : "voters=" + voters;
  }

  /**
   * Whether the node is all of its cluster. One that names itself as the only voter, and a listener
   * for others, is not: it agrees with itself, so that others can be let in while it runs.
   */
  boolean isAlone() {
    List<Voter> voters = voters();
    return isVoter()
        && isBroker()
        && (voters.isEmpty() || (voters.size() == 1 && controllerListener() == null));
  }

  /** Whether the node takes part in agreeing on the metadata. */
  boolean isVoter() {
    return settings.listValue("process.roles").contains("controller") && !isTakenOut();
  }

  /** Whether the others took its vote away, whatever its settings say. */
  boolean isTakenOut() {
    return !voters().isEmpty() && TakenOut.isNoted(FileDisk.INSTANCE, metadata());
  }

  /** Where the metadata log is. */
  Path metadata() {
    return directories().getFirst().resolve(SoloLog.PARTITION.toString());
  }

  /** Whether the node keeps records and serves clients. */
  boolean isBroker() {
    return settings.listValue("process.roles").contains("broker");
  }

  /** Where some controller may be found by a node to which nobody named the voters. */
  List<Endpoint> bootstrapServers() {
    return settings.listValue("controller.quorum.bootstrap.servers").stream()
        .map(text -> Endpoint.parse(text.strip()))
        .toList();
  }

  /** The listener on which the controller is found; null when there is none. */
  @Nullable Listener controllerListener() {
    List<String> names = settings.listValue(CONTROLLER_LISTENERS);
    for (Listener listener : Listener.parseAll("listeners", settings.listValue("listeners"))) {
      if (names.contains(listener.name())) {
        return listener;
      }
    }
    return null;
  }

  /** Name of the listener on which nodes find each other. */
  String nodesListener() {
    String name = settings.stringOrNull("inter.broker.listener.name");
    if (name != null) {
      return name.toUpperCase(Locale.ROOT);
    }
    return isBroker() ? listeners().getFirst().name() : "PLAINTEXT";
  }

  /**
   * A number of a setting when somebody wrote it, else our own choice, where Kafka's default would
   * be a bad one.
   */
  int writtenOr(String name, int ours) {
    return written.values().containsKey(name) ? settings.intValue(name) : ours;
  }

  /** From which level on the node's process logs. */
  String logLevel() {
    return settings.stringValue(LOG_LEVEL);
  }

  /** Where records and metadata are kept, the metadata in the first one. */
  List<Path> directories() {
    return settings.listValue("log.dirs").stream()
        .map(text -> Path.of(text.strip()).toAbsolutePath().normalize())
        .toList();
  }

  /** Listeners for clients, with the ports that were asked for. */
  List<Listener> listeners() {
    List<String> ofController = settings.listValue(CONTROLLER_LISTENERS);
    List<Listener> listeners = new ArrayList<>();
    for (Listener listener : Listener.parseAll("listeners", settings.listValue("listeners"))) {
      if (!ofController.contains(listener.name())) {
        listeners.add(listener);
      }
    }
    return listeners;
  }

  /**
   * Where clients are told to find a listener.
   *
   * @param port that it really listens on
   */
  Listener advertised(Listener listener, int port) {
    for (Listener told :
        Listener.parseAll("advertised.listeners", settings.listValue("advertised.listeners"))) {
      if (told.name().equals(listener.name())) {
        return told.port() == 0 ? new Listener(told.name(), told.host(), port) : told;
      }
    }
    String host = listener.isWildcard() ? MachineAddress.find() : listener.host();
    return new Listener(listener.name(), host, port);
  }
}
