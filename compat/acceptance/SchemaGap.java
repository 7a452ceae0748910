import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Registers schemas through every node while one of them is killed, and tells how long nobody was acknowledged by the others. Lines on standard input:
 * {@code begin N} before node N is killed, {@code end} when it is over, nothing for the end of the run. Arguments: URL,URL,…
 */
class SchemaGap {
  static final int NODES_MAX = 16;

  final List<String> nodes;
  final AtomicLong[] lastNanos = new AtomicLong[NODES_MAX];
  final AtomicLong[] longestNanos = new AtomicLong[NODES_MAX];
  final AtomicLong acknowledged = new AtomicLong();
  volatile int spared = -1;

  SchemaGap(List<String> nodes) {
    this.nodes = nodes;
  }

  public static void main(String[] args) throws Exception {
    new SchemaGap(List.of(args[0].split(","))).run();
  }

  void run() throws Exception {
    for (int i = 0; i < nodes.size(); i++) {
      lastNanos[i] = new AtomicLong(System.nanoTime());
      longestNanos[i] = new AtomicLong();
      int node = i;
      Thread.ofPlatform().daemon().start(() -> register(node));
    }
    List<Long> first = new ArrayList<>();
    List<Long> worst = new ArrayList<>();
    var in = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      if (line.startsWith("begin ")) {
        spared = Integer.parseInt(line.substring(6)) - 1;
        for (int i = 0; i < nodes.size(); i++) {
          longestNanos[i].set(0);
          lastNanos[i].set(System.nanoTime());
        }
        continue;
      }
      long least = Long.MAX_VALUE;
      long most = 0;
      for (int i = 0; i < nodes.size(); i++) {
        if (i != spared) {
          long gap = Math.max(longestNanos[i].get(), System.nanoTime() - lastNanos[i].get()) / 1_000_000;
          least = Math.min(least, gap);
          most = Math.max(most, gap);
        }
      }
      first.add(least);
      worst.add(most);
      System.out.printf("schema-gap: kill %d, node %d: no acknowledgement for %d ms through one of the others, %d ms through the other%n", worst.size(), spared + 1, least, most);
    }
    System.out.printf("schema-gap: %d kills of the node that writes: until one of the others acknowledges p50 %d ms, max %d ms; until both do p50 %d ms, max %d ms; %d acknowledged%n",
        worst.size(), p50(first), max(first), p50(worst), max(worst), acknowledged.get());
    System.exit(0);
  }

  static long p50(List<Long> all) {
    long[] sorted = all.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  static long max(List<Long> all) {
    return all.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  void register(int node) {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(1)).build();
    for (long i = 0; ; i++) {
      String name = "G" + node + "x" + Long.toString(System.nanoTime(), 36);
      String body = "{\"schema\":\"{\\\"type\\\":\\\"enum\\\",\\\"name\\\":\\\"" + name + "\\\",\\\"symbols\\\":[]}\"}";
      HttpRequest request = HttpRequest.newBuilder(URI.create(nodes.get(node) + "/subjects/gap-" + node + "-" + i % 50 + "x" + name + "/versions"))
          .timeout(Duration.ofSeconds(12))
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body))
          .build();
      try {
        if (client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
          long now = System.nanoTime();
          longestNanos[node].accumulateAndGet(now - lastNanos[node].getAndSet(now), Math::max);
          acknowledged.incrementAndGet();
        }
        Thread.sleep(5);
      } catch (java.io.IOException e) {
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
