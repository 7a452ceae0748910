package dev.millrace.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.wire.RecordBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a connection is read, and when it is not. */
class FlowTest {
  /** A request that a handler has taken and not answered. */
  private record Taken(Connection connection, int number, Reply reply) {
    void answer() {
      reply.send(Answers.of(number));
    }
  }

  @Test
  void onlySoManyRequestsAreInWork() throws Exception {
    BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
    try (House house =
            new House(
                (connection, frame, reply) ->
                    taken.add(new Taken(connection, frame.getInt(0), reply)),
                ListenerLimits.DEFAULT.withRequestsInWorkMax(5));
        RawClient client = house.client()) {
      client.send(numbered(0, 20));
      for (int i = 0; i < 20; i++) {
        Taken next = taken.take();
        House.settle(next.connection);
        assertThat(next.number).isEqualTo(i);
        assertThat(taken.size()).isEqualTo(Math.min(4, 19 - i));
        next.answer();
        assertThat(client.readFrame()).isEqualTo(number(i));
      }
    }
  }

  @Test
  void aRequestCanHoldTheNextOneUp() throws Exception {
    BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
    try (House house =
            new House((connection, frame, reply) -> {
              if (frame.getInt(0) == 1) {
                reply.holdNext();
              }
              taken.add(new Taken(connection, frame.getInt(0), reply));
            });
        RawClient client = house.client()) {
      client.send(numbered(0, 4));
      Taken first = taken.take();
      Taken holding = taken.take();
      House.settle(first.connection);
      assertThat(taken).isEmpty();
      first.answer();
      House.settle(first.connection);
      assertThat(taken).isEmpty();
      holding.reply.holdNext();
      assertThatThrownBy(() -> first.reply.holdNext()).isInstanceOf(IllegalStateException.class);
      holding.answer();
      taken.take().answer();
      taken.take().answer();
      for (int i = 0; i < 4; i++) {
        assertThat(client.readFrame()).isEqualTo(number(i));
      }
    }
  }

  @Test
  void aMutedConnectionIsNotReadBeforeItsTime() {
    BlockingQueue<Long> handledNanos = new LinkedBlockingQueue<>();
    try (House house =
            new House((connection, frame, reply) -> {
              handledNanos.add(System.nanoTime());
              reply.send(Answers.of(frame));
              connection.mute(10);
              connection.mute(30);
              connection.mute(0);
            });
        RawClient client = house.client()) {
      client.send(numbered(0, 3));
      for (int i = 0; i < 3; i++) {
        assertThat(client.readFrame()).isEqualTo(number(i));
      }
    }
    Long[] nanos = handledNanos.toArray(new Long[0]);
    // the loop reads its clock once a turn, in whole milliseconds
    assertThat(nanos[1] - nanos[0]).isGreaterThanOrEqualTo(28_000_000);
    assertThat(nanos[2] - nanos[1]).isGreaterThanOrEqualTo(28_000_000);
  }

  @Test
  void aClientThatDoesNotReadIsNotServedFurther() throws Exception {
    int requests = 1000;
    byte[] body = new byte[256 << 10];
    AtomicInteger handled = new AtomicInteger();
    CompletableFuture<Connection> connected = new CompletableFuture<>();
    try (House house =
            new House((connection, frame, reply) -> {
              handled.incrementAndGet();
              connected.complete(connection);
              reply.send(Answers.of(ByteBuffer.wrap(body).putInt(0, frame.getInt(0))));
            });
        RawClient client = new RawClient(house.listener, 32 << 10);
        RawClient other = house.client()) {
      client.send(numbered(0, requests));
      House.settle(connected.join());
      other.sendFrame(number(-1));
      assertThat(other.readFrame()).hasSize(body.length);
      assertThat(handled.get()).isLessThan(200);
      for (int i = 0; i < requests; i++) {
        assertThat(ByteBuffer.wrap(client.readFrame()).getInt()).isEqualTo(i);
      }
      assertThat(handled.get()).isEqualTo(requests + 1);
    }
  }

  @Test
  void regionsOfFilesArriveWhole(@TempDir Path directory) {
    byte[] stored = new byte[24 << 20];
    new Random(5).nextBytes(stored);
    byte[] head = {1, 2, 3};
    byte[] tail = {4, 5, 6, 7};
    try (DiskFile file = FileDisk.INSTANCE.open(directory.resolve("segment"), Access.CREATE)) {
      file.write(ByteBuffer.wrap(stored), 0);
      FrameHandler fetch =
          (connection, frame, reply) -> {
            FileRegion region = new FileRegion(file, frame.getInt(0), frame.getInt(4));
            reply.send(Answers.of(head, RecordBytes.of(region), tail));
          };
      try (House house = new House(fetch);
          RawClient client = new RawClient(house.listener, 16 << 10)) {
        Random random = new Random(6);
        for (int length = stored.length; length > 0; length /= 5) {
          int position = random.nextInt(stored.length - length + 1);
          client.sendFrame(ByteBuffer.allocate(8).putInt(position).putInt(length).array());
          ByteArrayOutputStream expected = new ByteArrayOutputStream();
          expected.writeBytes(head);
          expected.writeBytes(number(length));
          expected.write(stored, position, length);
          expected.writeBytes(tail);
          assertThat(Arrays.equals(client.readFrame(), expected.toByteArray())).isTrue();
        }
      }
    }
  }

  @Test
  void aClientThatStallsGivesWayWhenMemoryIsScarce() {
    int frameBytes = 1 << 20;
    LoopLimits scarce = LoopLimits.ofMachine().withThreads(2).withRequestBytesMax(256 << 10);
    try (House house = new House(scarce, Answers.ECHO, ListenerLimits.DEFAULT.withStallMs(20));
        RawClient staller = house.client();
        RawClient good = house.client()) {
      byte[] half = new byte[4 + frameBytes / 2];
      ByteBuffer.wrap(half).putInt(frameBytes);
      staller.send(half);
      while (house.loops.requestBytes() < half.length) {
        Thread.onSpinWait();
      }
      byte[] body = new byte[frameBytes];
      new Random(9).nextBytes(body);
      Thread.startVirtualThread(() -> good.sendFrame(body));
      assertThat(good.readFrame()).isEqualTo(body);
      assertThat(staller.readToEnd()).isLessThanOrEqualTo(0);
      assertThat(house.lines(1)).singleElement().asString().contains("stalled");
    }
  }

  @Test
  void manyLargeFramesShareLittleMemory() throws Exception {
    int frameBytes = 1 << 20;
    LoopLimits scarce = LoopLimits.ofMachine().withThreads(2).withRequestBytesMax(1 << 20);
    BlockingQueue<Integer> done = new LinkedBlockingQueue<>();
    try (House house = new House(scarce, Answers.ECHO, ListenerLimits.DEFAULT)) {
      for (int i = 0; i < 20; i++) {
        int number = i;
        Thread.startVirtualThread(() -> {
          try (RawClient client = house.client()) {
            byte[] body = new byte[frameBytes];
            Arrays.fill(body, (byte) number);
            for (int round = 0; round < 3; round++) {
              Thread.startVirtualThread(() -> client.sendFrame(body));
              done.add(Arrays.equals(client.readFrame(), body) ? number : -1);
            }
          }
        });
      }
      for (int i = 0; i < 60; i++) {
        assertThat(done.take()).isNotEqualTo(-1);
      }
      assertThat(house.loops.requestBytes()).isZero();
    }
  }

  private static byte[] number(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  /** Frames with the numbers from {@code from} to {@code to}. */
  private static byte[] numbered(int from, int to) {
    ByteBuffer all = ByteBuffer.allocate(8 * (to - from));
    for (int i = from; i < to; i++) {
      all.putInt(4).putInt(i);
    }
    return all.array();
  }
}
