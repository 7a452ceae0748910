package dev.millrace.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.turns.ThreadTurns;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Replies keep the order of their requests, whoever gives them and whenever. */
class OrderTest {
  private static final int REQUESTS = 400;
  private static final int CONNECTIONS = 12;

  /** Answers at once, from another thread, later, out of order, or not at all. */
  private static final class Whimsical implements FrameHandler, AutoCloseable {
    private final long seed;
    private final ThreadTurns other = ThreadTurns.start("other");
    private final List<Runnable> kept = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger inWork = new AtomicInteger();

    Whimsical(long seed) {
      this.seed = seed;
    }

    @Override
    public void handle(Connection connection, ByteBuffer frame, Reply reply) {
      int number = frame.getInt(0);
      int connectionNumber = frame.getInt(4);
      int fillBytes = frame.remaining() - 8;
      Random random = new Random(seed + number * 31L + connectionNumber * 7919L);
      Runnable answer = () -> answer(reply, number, fillBytes);
      inWork.incrementAndGet();
      if (random.nextInt(20) == 0) {
        reply.holdNext();
        if (random.nextBoolean()) {
          other.after(random.nextInt(3), answer);
        } else {
          connection
              .loop()
              .submit(() -> {
                reply.holdNext(); // as a handler does that runs late
                answer.run();
              });
        }
        return;
      }
      switch (random.nextInt(6)) {
        case 0, 1 -> answer.run();
        case 2 -> other.submit(answer);
        case 3 -> connection.loop().submit(answer);
        case 4 -> other.after(random.nextInt(4), answer);
        default -> {
          kept.add(answer);
          other.after(1, this::answerKept);
        }
      }
    }

    private void answerKept() {
      List<Runnable> answers;
      synchronized (kept) {
        answers = new ArrayList<>(kept);
        kept.clear();
      }
      Collections.shuffle(answers, new Random(seed));
      answers.forEach(Runnable::run);
    }

    private void answer(Reply reply, int number, int fillBytes) {
      inWork.decrementAndGet();
      if (isSilent(number)) {
        reply.skip();
      } else {
        reply.send(Answers.of(ByteBuffer.allocate(4 + fillBytes).putInt(0, number)));
      }
    }

    @Override
    public void close() {
      other.close();
    }
  }

  @Test
  void repliesLeaveInOrder() throws Exception {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 3);
    for (int round = 0; round < rounds; round++) {
      try (Whimsical handler = new Whimsical(seed + round);
          House house =
              new House(handler, ListenerLimits.DEFAULT.withRequestsInWorkMax(1 + round * 20))) {
        BlockingQueue<String> wrong = new LinkedBlockingQueue<>();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
          int number = i;
          clients.add(Thread.startVirtualThread(() -> talk(house, number, seed, wrong)));
        }
        for (Thread client : clients) {
          client.join();
        }
        assertThat(wrong).as("seed=%d round=%d", seed, round).isEmpty();
        assertThat(handler.inWork.get()).as("seed=%d round=%d", seed, round).isZero();
      }
    }
  }

  private static void talk(House house, int number, long seed, BlockingQueue<String> wrong) {
    try (RawClient client = house.client()) {
      Thread.startVirtualThread(() -> sendAll(client, number, seed));
      for (int i = 0; i < REQUESTS; i++) {
        if (!isSilent(i)) {
          int got = ByteBuffer.wrap(client.readFrame()).getInt();
          if (got != i) {
            wrong.add("connection=" + number + " expected=" + i + " got=" + got);
            return;
          }
        }
      }
    } catch (RuntimeException e) {
      wrong.add("connection=" + number + " fault=" + e);
    }
  }

  private static void sendAll(RawClient client, int number, long seed) {
    Random random = new Random(seed + number);
    for (int i = 0; i < REQUESTS; i++) {
      int fillBytes = random.nextInt(1 << random.nextInt(1, 15));
      client.sendFrame(ByteBuffer.allocate(8 + fillBytes).putInt(i).putInt(number).array());
    }
  }

  private static boolean isSilent(int number) {
    return number % 17 == 3;
  }
}
