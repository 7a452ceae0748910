package dev.millrace.bench;

import dev.millrace.bench.contender.ApacheDistribution;
import dev.millrace.bench.contender.MillraceDistribution;
import dev.millrace.bench.contender.Stand;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Results;
import dev.millrace.bench.figure.Table;
import dev.millrace.bench.load.PerfTest;
import dev.millrace.bench.load.Rdkafka;
import dev.millrace.bench.process.Children;
import dev.millrace.bench.scenario.Effort;
import dev.millrace.bench.scenario.Rates;
import dev.millrace.bench.scenario.Scenario;
import dev.millrace.bench.scenario.Workshop;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The program behind {@code ./dev bench compare} and {@code ./dev bench list}. */
public final class Bench {

  private Bench() {}

  public static void main(String[] words) {
    List<String> arguments = Arrays.asList(words);
    if (!arguments.isEmpty() && arguments.getFirst().equals("list")) {
      Scenarios.all()
          .forEach(scenario ->
              System.out.printf(
                  "%-20s %s%s%n",
                  scenario.name(),
                  scenario.nodes() == 1 ? "" : "(--nodes " + scenario.nodes() + ") ",
                  scenario.summary()));
      return;
    }
    try {
      System.exit(compare(arguments.subList(1, arguments.size())) ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
    }
  }

  private static boolean compare(List<String> words) {
    CompareOptions options = CompareOptions.parse(words);
    Places places = Places.fromProperties();
    List<Scenario> scenarios = chosen(options);
    Effort effort = options.quick() ? Effort.quick() : Effort.full();
    Effort sized = options.sizeMb().map(effort::sizeMb).orElse(effort);
    Effort wanted =
        options
            .partitions()
            .map(many -> sized.partitions(options.nodes() == 1 ? many : 2 * many))
            .orElse(sized);
    places.tidy();
    Children children = new Children();
    try (Stand stand = stand(places, children)) {
      Runtime.getRuntime().addShutdownHook(new Thread(stand::close, "bench-stand"));
      Workshop workshop = workshop(places, stand, wanted);
      long start = System.nanoTime();
      Results results = new Comparison(workshop, System.out).run(scenarios, options.rounds());
      System.out.println();
      System.out.println(Table.render(results));
      System.out.println(Table.score(results));
      results.failures().forEach(failure -> System.out.println("failed: " + failure));
      Run run =
          new Run(
              "./dev bench compare " + String.join(" ", words),
              options,
              wanted,
              Duration.ofNanos(System.nanoTime() - start));
      options
          .page()
          .or(() -> options.only().isEmpty() ? Optional.of(places.page()) : Optional.empty())
          .ifPresent(file -> Page.write(file, run, Machine.here(), results));
      return results.failures().isEmpty();
    }
  }

  private static Workshop workshop(Places places, Stand stand, Effort effort) {
    return new Workshop(
        stand,
        new Rdkafka(places.rdkafka(), stand),
        new PerfTest(places.kafkaLibraries(), places.javaHome(), stand),
        new Rates(stand, effort),
        effort);
  }

  private static Stand stand(Places places, Children children) {
    Stand stand = new Stand(places.work(), children);
    stand.offer(
        Contender.APACHE,
        new ApacheDistribution(places.kafkaLibraries(), places.javaHome(), children));
    MillraceDistribution repository = new MillraceDistribution(places.launcher());
    stand.offer(Contender.MEMORY, repository);
    stand.offer(Contender.FSYNC, repository);
    places
        .packaged()
        .filter(Files::isExecutable)
        .ifPresent(launcher -> stand.offer(Contender.PACKAGED, new MillraceDistribution(launcher)));
    return stand;
  }

  private static List<Scenario> chosen(CompareOptions options) {
    List<Scenario> all =
        Scenarios.all().stream().filter(scenario -> scenario.nodes() == options.nodes()).toList();
    List<String> names = options.only();
    for (String name : names) {
      if (all.stream().noneMatch(scenario -> scenario.name().equals(name))) {
        throw new IllegalArgumentException(
            "no scenario named %s for %d nodes; ./dev bench list shows them"
                .formatted(name, options.nodes()));
      }
    }
    return all.stream()
        .filter(scenario -> names.isEmpty() || names.contains(scenario.name()))
        .toList();
  }
}
