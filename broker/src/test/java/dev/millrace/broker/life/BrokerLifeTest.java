package dev.millrace.broker.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.life.BrokerLife.Directories;
import dev.millrace.broker.life.BrokerLife.Parts;
import dev.millrace.broker.life.BrokerLife.Rhythm;
import dev.millrace.broker.life.BrokerLife.Standing;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** When a broker takes a refusal of its registration for the last word. */
class BrokerLifeTest {
  private static final int SESSION_MS = 1_500;
  private static final Outcome<Long> TAKEN =
      Outcome.refused(ErrorCode.DUPLICATE_BROKER_REGISTRATION, "another process is running");
  private static final Outcome<Long> NOBODY =
      Outcome.refused(ErrorCode.NOT_CONTROLLER, "nobody leads the metadata");

  private final SimOwners owners = new SimOwners(1);
  private final SimOwners.Machine machine = owners.machine("node");
  private final Turns turns = machine.owner("peers");
  private final List<String> refusals = new ArrayList<>();

  @Test
  void oneControllerThatSaysSoForLongIsBelieved() {
    begin(() -> 1, () -> TAKEN);
    owners.runMs(3 * SESSION_MS - 100);
    assertThat(refusals).isEmpty();
    owners.runMs(1_000);
    assertThat(refusals).singleElement().asString().contains("another process is running as node");
  }

  /** Each new one grants the process that was there before a session anew. */
  @Test
  void controllersThatChangeAreAskedAgain() {
    begin(() -> (int) (owners.clock().monotonicMs() / (2 * SESSION_MS)), () -> TAKEN);
    owners.runMs(60 * SESSION_MS);
    assertThat(refusals).isEmpty();
  }

  @Test
  void whereNobodyAnswersNobodyRefuses() {
    begin(() -> 1, () -> owners.clock().monotonicMs() / SESSION_MS % 3 == 0 ? NOBODY : TAKEN);
    owners.runMs(60 * SESSION_MS);
    assertThat(refusals).isEmpty();
  }

  /** Its time went on, and it did not ask. */
  @Test
  void aProcessThatWasStoppedGoesOnAsking() {
    begin(() -> 1, () -> TAKEN);
    owners.runMs(1_000);
    machine.pause();
    owners.runMs(10 * SESSION_MS);
    machine.resume();
    owners.runMs(1_000);
    assertThat(refusals).isEmpty();
  }

  private void begin(IntSupplier term, Supplier<Outcome<Long>> answer) {
    ActiveController controller =
        new ActiveController() {
          @Override
          @SuppressWarnings("unchecked") // nothing but registrations is asked for
          public <R> void submit(Command<R> command, Consumer<Outcome<R>> reply) {
            turns.after(1, () -> reply.accept((Outcome<R>) answer.get()));
          }
        };
    BrokerLife life =
        new BrokerLife(
            new Parts(
                turns,
                owners.clock(),
                controller,
                term,
                () -> 0,
                Directories.WELL,
                new Rhythm(300, SESSION_MS)),
            new RegisterBroker(
                1,
                new Uuid(1, 1),
                List.of(),
                null,
                List.of(new Uuid(1, 2)),
                new RegisterBroker.Predecessor(false, -1)),
            new Standing() {
              @Override
              public void letIn() {
                throw new AssertionError("nobody lets it in");
              }

              @Override
              public void refused(String why) {
                refusals.add(why);
              }
            });
    life.begin();
  }
}
