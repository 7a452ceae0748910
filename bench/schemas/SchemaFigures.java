import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.Delivery;
import dev.millrace.client.PlainProducer;
import dev.millrace.client.Topics;
import dev.millrace.net.Endpoint;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Figures of the schema registry and of topics whose records are judged, on a node of its own. Processor time is that of the node alone, from /proc.
 * Arguments: LAUNCHER FOLDER PORT PART,PART,… of start, lookups, register, replay, gate.
 */
class SchemaFigures {
  static final int TICKS = 100;
  static final int SCHEMAS = 50_000;

  final String launcher;
  final Path folder;
  final int port;
  Process node;

  /** What is to be reached, and whether it was. */
  final List<String> goals = new java.util.ArrayList<>();

  SchemaFigures(String launcher, Path folder, int port) {
    this.launcher = launcher;
    this.folder = folder;
    this.port = port;
  }

  public static void main(String[] args) throws Exception {
    SchemaFigures figures = new SchemaFigures(args[0], Path.of(args[1]), Integer.parseInt(args[2]));
    List<String> parts = List.of(args[3].split(","));
    try {
      if (parts.contains("start")) {
        figures.start();
      }
      if (parts.contains("register")) {
        figures.register();
      }
      if (parts.contains("gate")) {
        figures.gate();
      }
      if (parts.contains("replay") || parts.contains("lookups")) {
        figures.replay(parts);
      }
    } finally {
      figures.stop();
      if (!figures.goals.isEmpty()) {
        say("%-52s %14s %14s", "goal", "measured", "wanted");
        figures.goals.forEach(goal -> say("%s", goal));
      }
    }
  }

  void goal(String name, double measured, String unit, boolean isMost, double wanted) {
    boolean isReached = isMost ? measured < wanted : measured >= wanted;
    goals.add(String.format(Locale.ROOT, "%-52s %14s %14s  %s", name, number(measured, unit), (isMost ? "< " : ">= ") + number(wanted, unit), isReached ? "reached" : "MISSED"));
  }

  static String number(double value, String unit) {
    return String.format(Locale.ROOT, value == Math.rint(value) || value >= 1_000 ? "%.0f %s" : "%.2f %s", value, unit);
  }

  // the node

  double begin(String data) throws Exception {
    return begin(data, "127.0.0.1:" + (port + 1));
  }

  /** Seconds until it is ready. */
  double begin(String data, String http) throws Exception {
    Path out = folder.resolve("out");
    node = new ProcessBuilder(launcher, "server", "--data", folder.resolve(data).toString(), "--listen", "127.0.0.1:" + port, "--http", http)
        .redirectOutput(out.toFile()).redirectError(folder.resolve("err").toFile()).start();
    long begin = System.nanoTime();
    while (true) {
      // the output of the node before is gone when this one's process begins
      String text = Files.exists(out) ? Files.readString(out) : "";
      int at = text.indexOf(" in=");
      if (text.startsWith("ready ") && at > 0) {
        return (System.nanoTime() - begin) / 1e9;
      }
      if (!node.isAlive()) {
        throw new IllegalStateException(Files.readString(folder.resolve("err")));
      }
      Thread.sleep(2);
    }
  }

  void stop() throws Exception {
    if (node != null) {
      node.destroy();
      node.waitFor();
      node = null;
    }
  }

  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + node.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS;
  }

  double residentMb() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + node.pid() + "/status"))) {
      if (line.startsWith("VmRSS")) {
        return Integer.parseInt(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    return 0;
  }

  // one keep-alive connection

  static final class Http implements AutoCloseable {
    final Socket socket;
    final InputStream in;

    Http(int port) throws IOException {
      socket = new Socket("127.0.0.1", port);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    }

    /** The body of a good answer. */
    String ask(String method, String path, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes((method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      request.writeBytes(bytes);
      socket.getOutputStream().write(request.toByteArray());
      String status = line();
      int length = 0;
      for (String header = line(); !header.isEmpty(); header = line()) {
        if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(header.substring(15).strip());
        }
      }
      String answer = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      if (!status.contains(" 200 ")) {
        throw new IOException(method + " " + path + ": " + status + " " + answer);
      }
      return answer;
    }

    String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int letter = in.read(); letter != '\n'; letter = in.read()) {
        if (letter < 0) {
          throw new IOException("the node closed the connection");
        }
        if (letter != '\r') {
          line.append((char) letter);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, "schemas: " + format + "%n", values);
  }

  static double at(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
  }

  // the parts

  /** Starts with the registry's address and without any, in turn. */
  void start() throws Exception {
    int rounds = 20;
    String[] addresses = {"127.0.0.1:" + (port + 1), "none"};
    double[][] seconds = new double[2][rounds];
    double[] cpu = new double[2];
    for (int i = -2; i < rounds; i++) {
      for (int j = 0; j < 2; j++) {
        int which = (i & 1) == 0 ? j : 1 - j;
        double taken = begin("start", addresses[which]);
        if (i >= 0) {
          seconds[which][i] = taken;
          cpu[which] += cpuSeconds() / rounds;
        }
        stop();
      }
    }
    Arrays.sort(seconds[0]);
    Arrays.sort(seconds[1]);
    double with = seconds[0][rounds / 2] * 1_000;
    double without = seconds[1][rounds / 2] * 1_000;
    say("start until ready, median of %d each, in turn: %.0f ms with HTTP and the registry, %.0f ms without; processor time (mean) %.0f and %.0f ms", rounds, with, without, cpu[0] * 1_000, cpu[1] * 1_000);
    goal("start: added to the time until ready", with - without, "ms", true, 50);
    goal("start: added processor time", (cpu[0] - cpu[1]) * 1_000, "ms", true, 50);
    begin("start");
    Thread.sleep(3_000);
    double resident = residentMb();
    try (Http http = new Http(port + 1)) {
      long begin = System.nanoTime();
      double before = cpuSeconds();
      http.ask("GET", "/subjects", "");
      double first = (System.nanoTime() - begin) / 1e6;
      http.ask("POST", "/subjects/first/versions", "{\"schema\":\"\\\"int\\\"\"}");
      double both = (System.nanoTime() - begin) / 1e6;
      say("first request %.0f ms, with the first registration %.0f ms, processor time %.2f s; resident at idle %.0f MB, after them %.0f MB", first, both, cpuSeconds() - before, resident, residentMb());
    }
    stop();
  }

  void register() throws Exception {
    begin("register");
    try (Http http = new Http(port + 1)) {
      int count = 3_000;
      double[] millis = new double[count];
      double cpu = 0;
      for (int i = -2_000; i < count; i++) {
        if (i == 0) {
          cpu = cpuSeconds();
        }
        String body = "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"Q" + (i + 2_000) + "\\\",\\\"fields\\\":[{\\\"name\\\":\\\"a\\\",\\\"type\\\":\\\"string\\\"}]}\"}";
        long begin = System.nanoTime();
        http.ask("POST", "/subjects/register-" + (i + 2_000) % 500 + "-" + (i + 2_000) / 500 + "/versions", body);
        if (i >= 0) {
          millis[i] = (System.nanoTime() - begin) / 1e6;
        }
      }
      double spent = cpuSeconds() - cpu;
      Arrays.sort(millis);
      say("registration, one after the other, on disk: p50 %.2f ms, p99 %.2f ms, max %.1f ms; %.0f us of processor time", at(millis, 0.5), at(millis, 0.99), millis[count - 1], spent * 1e6 / count);
      goal("register: p99 with fsync", at(millis, 0.99), "ms", true, 20);
    }
    stop();
  }

  void replay(List<String> parts) throws Exception {
    begin("replay");
    try (Cluster cluster = cluster()) {
      new Topics(cluster).create("_schemas", 1, 1, Map.of("cleanup.policy", "compact"));
      try (PlainProducer producer = new PlainProducer(cluster, Delivery.LEADER_ONLY)) {
        for (int i = 1; i <= SCHEMAS; i++) {
          String subject = "subject-" + i % 5_000 + "-value";
          int version = (i - 1) / 5_000 + 1;
          producer.send("_schemas", 0,
              Bytes.utf8("{\"keytype\":\"SCHEMA\",\"subject\":\"" + subject + "\",\"version\":" + version + ",\"magic\":1}"),
              Bytes.utf8("{\"subject\":\"" + subject + "\",\"version\":" + version + ",\"id\":" + i + ",\"schema\":\"" + large(i).replace("\"", "\\\"") + "\",\"deleted\":false}"));
        }
      }
    }
    stop();
    double[] walls = new double[5];
    double[] spent = new double[walls.length];
    for (int round = 0; parts.contains("replay") && round < walls.length; round++) {
      begin("replay");
      Thread.sleep(1_000);
      try (Http http = new Http(port + 1)) {
        double cpu = cpuSeconds();
        long begin = System.nanoTime();
        http.ask("GET", "/schemas/ids/" + SCHEMAS + "/versions", "");
        walls[round] = (System.nanoTime() - begin) / 1e9;
        spent[round] = cpuSeconds() - cpu;
        say("first request after a start, %d schemas of 1 KB replayed: %.2f s, processor time %.2f s, resident %.0f MB", SCHEMAS, walls[round], spent[round], residentMb());
      }
      stop();
    }
    if (parts.contains("replay")) {
      Arrays.sort(walls);
      Arrays.sort(spent);
      goal("replay: 50 000 schemas until the first answer", walls[walls.length / 2], "s", true, 3);
      goal("replay: processor time of it", spent[walls.length / 2], "s", true, 3);
    }
    if (parts.contains("lookups")) {
      begin("replay");
      try (Http http = new Http(port + 1)) {
        lookups(http, "schema by id", "/schemas/ids/", "");
        lookups(http, "latest version of a subject", "/subjects/subject-", "-value/versions/latest");
      }
      stop();
    }
  }

  void lookups(Http http, String name, String before, String after) throws Exception {
    Random random = new Random(1);
    int count = 40_000;
    double[] millis = new double[count];
    double cpu = 0;
    long begin = 0;
    for (int i = -count; i < count; i++) {
      if (i == 0) {
        cpu = cpuSeconds();
        begin = System.nanoTime();
      }
      int number = after.isEmpty() ? random.nextInt(SCHEMAS) + 1 : random.nextInt(4_999) + 1;
      long sent = System.nanoTime();
      http.ask("GET", before + number + after, "");
      if (i >= 0) {
        millis[i] = (System.nanoTime() - sent) / 1e6;
      }
    }
    double spent = cpuSeconds() - cpu;
    Arrays.sort(millis);
    say("%s: %.0f us of processor time, %.0f a second for each core; %.0f a second over one connection, p50 %.3f ms, p99 %.3f ms", name, spent * 1e6 / count, count / spent, count * 1e9 / (System.nanoTime() - begin), at(millis, 0.5), at(millis, 0.99));
    if (after.isEmpty()) {
      goal("lookups: schema by id, a core", count / spent, "a second", false, 10_000);
    }
  }

  static String large(int number) {
    StringBuilder schema = new StringBuilder("{\"type\":\"record\",\"name\":\"R" + number + "\",\"namespace\":\"com.example.orders\",\"fields\":[");
    for (int i = 0; i < 8; i++) {
      schema.append(i == 0 ? "" : ",").append("{\"name\":\"field_" + i + "\",\"type\":[\"null\",\"string\"],\"doc\":\"some text about this field\",\"default\":null}");
    }
    return schema.append("]}").toString();
  }

  /** Records of ten texts, numbers and a list, 0.9 KB each. */
  void gate() throws Exception {
    begin("gate");
    String schema = "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"price\",\"type\":\"double\"},"
        + "{\"name\":\"names\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},{\"name\":\"note\",\"type\":[\"null\",\"string\"]}]}";
    List<String> depths = List.of("none", "id", "content");
    try (Http http = new Http(port + 1); Cluster cluster = cluster()) {
      int id = 0;
      for (String depth : depths) {
        String told = http.ask("POST", "/subjects/gate-" + depth + "-value/versions", "{\"schema\":\"" + schema.replace("\"", "\\\"") + "\"}");
        id = Integer.parseInt(told.replaceFirst(".*\"id\":(\\d+).*", "$1"));
        new Topics(cluster).create("gate-" + depth, 1, 1, Map.of("millrace.schema.value.validation", depth, "retention.bytes", "300000000", "segment.bytes", "100000000"));
      }
      byte[] record = record(id);
      double[][] spent = new double[depths.size()][7];
      int count = 250_000_000 / record.length;
      for (int round = -2; round < 7; round++) {
        for (int i = 0; i < depths.size(); i++) {
          int which = (i + Math.floorMod(round, 3)) % 3;
          double before = cpuSeconds();
          produce(cluster, "gate-" + depths.get(which), record, count);
          if (round >= 0) {
            spent[which][round] = (cpuSeconds() - before) * 1e9 / ((double) count * record.length);
          }
        }
      }
      for (int i = 0; i < depths.size(); i++) {
        Arrays.sort(spent[i]);
        say("records of %d bytes, validation=%s: %.2f s of the node's processor time for each GB (median of 7 rounds of 250 MB, %.2f to %.2f)", record.length, depths.get(i), spent[i][3], spent[i][0], spent[i][6]);
      }
      goal("gate: content beside no validation, medians", spent[2][3] / spent[0][3], "times", true, 2);
    }
    stop();
  }

  void produce(Cluster cluster, String topic, byte[] record, int count) {
    Bytes value = Bytes.copyOf(record);
    try (PlainProducer producer = new PlainProducer(cluster, Delivery.SAFE)) {
      for (int i = 0; i < count; i++) {
        producer.send(topic, 0, null, value);
      }
    }
  }

  static byte[] record(int id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0);
    out.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
    varint(out, 123_456_789L);
    out.writeBytes(new byte[8]);
    varint(out, 20);
    for (int i = 0; i < 20; i++) {
      text(out, "a name of some length, with number " + i);
    }
    varint(out, 0);
    varint(out, 1);
    text(out, "a note that says something about this order");
    return out.toByteArray();
  }

  static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  static void varint(ByteArrayOutputStream out, long number) {
    long left = (number << 1) ^ (number >> 63);
    while ((left & ~0x7fL) != 0) {
      out.write((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  Cluster cluster() {
    return Cluster.connect(List.of(new Endpoint("127.0.0.1", port)), ClientSettings.named("schema-figures"));
  }
}
