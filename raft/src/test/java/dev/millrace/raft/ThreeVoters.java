package dev.millrace.raft;

import dev.millrace.net.Endpoint;
import dev.millrace.quorum.voters.Voter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Three voters on this machine. */
final class ThreeVoters implements AutoCloseable {
  final Path root;
  final List<Voter> voters;
  final Map<Integer, VoterNode> nodes = new TreeMap<>();

  ThreeVoters(Path root) {
    this(root, voters(1, 2, 3));
  }

  ThreeVoters(Path root, List<Voter> voters) {
    this.root = root;
    this.voters = voters;
  }

  /** The same machine with settings that name one voter. */
  ThreeVoters only(int id) {
    return new ThreeVoters(root, voters.stream().filter(voter -> voter.id() == id).toList());
  }

  static List<Voter> voters(int... ids) {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Voter> voters = new ArrayList<>();
    try {
      for (int id : ids) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        voters.add(new Voter(id, new Endpoint("127.0.0.1", socket.getLocalPort())));
      }
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return voters;
  }

  Path data(int id) {
    return root.resolve("node-" + id);
  }

  VoterNode start(int id) {
    return start(id, "");
  }

  VoterNode start(int id, String knownClusterId) {
    VoterNode node = new VoterNode(id, data(id), voters, knownClusterId);
    nodes.put(id, node);
    return node;
  }

  void startAll() {
    for (int id = 1; id <= 3; id++) {
      start(id);
    }
  }

  VoterNode node(int id) {
    return nodes.get(id);
  }

  /** The node that leads in an epoch after this one, as all that run agree. */
  VoterNode leader(int afterEpoch) {
    int leader = -1;
    for (VoterNode node : nodes.values()) {
      leader = node.heard.awaitLeader(afterEpoch);
    }
    return node(leader);
  }

  VoterNode other(VoterNode than) {
    return nodes.values().stream().filter(node -> node != than).findFirst().orElseThrow();
  }

  int third(VoterNode one, VoterNode two) {
    return nodes.keySet().stream()
        .filter(id -> id != one.id && id != two.id)
        .findFirst()
        .orElseThrow();
  }

  void stop(int id) {
    nodes.remove(id).stop(true);
  }

  /** What a killed process leaves: its files as they are while it runs. */
  void kill(int id) {
    Path copy = root.resolve("copy-" + id);
    copy(data(id), copy);
    nodes.remove(id).stop(false);
    delete(data(id));
    copy(copy, data(id));
    delete(copy);
  }

  static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (Files.exists(file)) {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path tree) {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void stopAll() {
    List<CompletableFuture<Void>> stops = new ArrayList<>();
    nodes.values().forEach(node -> stops.add(CompletableFuture.runAsync(node::close)));
    nodes.clear();
    stops.forEach(VoterNode::await);
  }

  @Override
  public void close() {
    stopAll();
  }
}
