import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Registers schemas through several nodes at once while somebody else lets faults happen, reads each back through another node at
 * once, and afterwards compares what every node says with what was acknowledged.
 *
 * <p>Lines on standard input are named faults; an empty line ends the load. Arguments: URL,URL,… THREADS SEED
 */
class Schemas {
  static final Pattern ID = Pattern.compile("\"id\":(\\d+)");
  static final Pattern VERSION = Pattern.compile("\"version\":(\\d+)");
  static final int TEXTS = 4_000;

  final List<String> nodes;
  final long seed;
  final List<HttpClient> clients = new ArrayList<>();
  /** What an id stands for, over all acknowledgements; deleted schemas too. */
  final Map<Integer, String> textOf = new ConcurrentHashMap<>();
  final Map<String, Integer> idOf = new ConcurrentHashMap<>();
  final ConcurrentLinkedQueue<Ack> acks = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
  final AtomicInteger readBack = new AtomicInteger();
  final AtomicInteger unsure = new AtomicInteger();
  final AtomicLong lastAckNanos = new AtomicLong(System.nanoTime());
  final AtomicLong longestPauseNanos = new AtomicLong();
  volatile boolean isOver;

  record Ack(String subject, int version, int id, String text) {}

  Schemas(List<String> nodes, long seed) {
    this.nodes = nodes;
    this.seed = seed;
    nodes.forEach(node -> clients.add(client()));
  }

  static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(1)).build();
  }

  public static void main(String[] args) throws Exception {
    Schemas run = new Schemas(List.of(args[0].split(",")), Long.parseLong(args[2]));
    run.load(Integer.parseInt(args[1]));
    run.judge();
    System.out.printf(
        "schemas: %d acknowledged, %d schemas, %d read back at once through another node, %d without an answer%n",
        run.acks.size(), run.textOf.size(), run.readBack.get(), run.unsure.get());
    run.faults.forEach(fault -> System.out.println("schemas: VIOLATION " + fault));
    System.exit(run.faults.isEmpty() && !run.acks.isEmpty() ? 0 : 1);
  }

  void load(int threads) throws Exception {
    String told = null;
    while (told == null || !told.contains("NONE")) {
      told = send(0, "PUT", "/config", "{\"compatibility\":\"NONE\"}");
    }
    CountDownLatch done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      Random random = new Random(seed * 1000 + i);
      boolean deletes = i == 0;
      int name = i;
      Thread.ofVirtual().start(() -> {
        while (!isOver) {
          step(random, deletes ? "gone-" + random.nextInt(3) : "subject-" + random.nextInt(20), deletes, name);
        }
        done.countDown();
      });
    }
    String line = System.console() == null ? read() : null;
    while (line != null && !line.isEmpty()) {
      longestPauseNanos.set(0);
      lastAckNanos.set(System.nanoTime());
      String next = read();
      System.out.printf("schemas: %s: longest time without an acknowledgement %d ms%n", line, longestPauseNanos.get() / 1_000_000);
      line = next;
    }
    isOver = true;
    done.await();
  }

  static final java.io.BufferedReader IN = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));

  static String read() throws IOException {
    return IN.readLine();
  }

  /** Every thread has its node: one that is frozen holds up its own threads only. */
  void step(Random random, String subject, boolean deletes, int thread) {
    int at = thread % nodes.size();
    if (deletes && random.nextInt(4) == 0) {
      send(at, "DELETE", "/subjects/" + subject, "");
      send(at, "DELETE", "/subjects/" + subject + "?permanent=true", "");
      return;
    }
    // what is deleted for good has texts of its own: it gets a new id when it comes again
    String text = deletes ? text("Gone" + thread + "x" + random.nextLong(Long.MAX_VALUE)) : text("R" + random.nextInt(TEXTS));
    String answer = send(at, "POST", "/subjects/" + subject + "/versions", "{\"schema\":\"" + text.replace("\"", "\\\"") + "\"}");
    if (answer == null) {
      unsure.incrementAndGet();
      return;
    }
    Matcher id = ID.matcher(answer);
    Matcher version = VERSION.matcher(answer);
    if (!id.find() || !version.find()) {
      if (!answer.contains("error_code\":5") && !answer.contains("error_code\":404")) {
        faults.add("unexpected answer: " + answer);
      }
      unsure.incrementAndGet();
      return;
    }
    acknowledge(new Ack(subject, Integer.parseInt(version.group(1)), Integer.parseInt(id.group(1)), text), deletes);
    if (!deletes) {
      lookBack(random, text, Integer.parseInt(id.group(1)), subject, Integer.parseInt(version.group(1)));
    }
  }

  void acknowledge(Ack ack, boolean deletes) {
    long now = System.nanoTime();
    long pause = now - lastAckNanos.getAndSet(now);
    longestPauseNanos.accumulateAndGet(pause, Math::max);
    String before = textOf.putIfAbsent(ack.id(), ack.text());
    if (before != null && !before.equals(ack.text())) {
      faults.add("one id for two schemas, id=" + ack.id() + " " + before + " " + ack.text());
    }
    Integer other = idOf.putIfAbsent(ack.text(), ack.id());
    if (other != null && other != ack.id()) {
      faults.add("two ids for one schema, ids=" + other + "," + ack.id() + " " + ack.text());
    }
    if (!deletes) {
      acks.add(ack);
    }
  }

  /** Another node must know it at once. */
  void lookBack(Random random, String text, int id, String subject, int version) {
    int at = random.nextInt(nodes.size());
    String byId = send(at, "GET", "/schemas/ids/" + id + "/schema", "");
    String byVersion = send(at, "GET", "/subjects/" + subject + "/versions/" + version + "/schema", "");
    for (String seen : new String[] {byId, byVersion}) {
      if (seen == null || seen.contains("error_code\":5")) {
        continue;
      }
      readBack.incrementAndGet();
      if (!seen.equals(text)) {
        faults.add("acknowledged and then not there, node=" + at + " id=" + id + " seen=" + seen);
      }
    }
  }

  static String text(String name) {
    return "{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[{\"name\":\"f\",\"type\":\"long\"}]}";
  }

  /** The body of an answer, null when there is none. */
  String send(int at, String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(nodes.get(at) + path))
            .timeout(Duration.ofMillis(method.equals("GET") && !isOver ? 700 : 12_000))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return clients.get(at).send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      pause();
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What every node says now. */
  void judge() {
    String first = null;
    for (int at = 0; at < nodes.size(); at++) {
      for (Ack ack : acks) {
        String seen = patiently(at, "/subjects/" + ack.subject() + "/versions/" + ack.version());
        Matcher id = ID.matcher(seen);
        if (!id.find() || Integer.parseInt(id.group(1)) != ack.id() || !seen.contains(ack.text().replace("\"", "\\\""))) {
          faults.add("acknowledged and lost, node=" + nodes.get(at) + " " + ack + " seen=" + seen);
        }
      }
      String all = patiently(at, "/schemas?deleted=true");
      if (first == null) {
        first = all;
      } else if (!first.equals(all)) {
        faults.add("nodes know different things, node=" + nodes.get(at));
      }
    }
  }

  String patiently(int at, String path) {
    for (int i = 0; i < 200; i++) {
      String seen = send(at, "GET", path, "");
      if (seen != null && !seen.contains("error_code\":5")) {
        return seen;
      }
      pause();
    }
    return "no answer";
  }
}
