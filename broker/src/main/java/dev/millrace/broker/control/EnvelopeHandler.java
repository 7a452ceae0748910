package dev.millrace.broker.control;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.forward.Envelopes;
import dev.millrace.net.Connection;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Reply;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.EnvelopeRequest;
import dev.millrace.wire.message.EnvelopeResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Envelope (58), version 0: a client's request that a broker passes on (KIP-590). The request is
 * answered as if its client had sent it here; behind the answer stands the offset of the metadata
 * that this node has by then, see {@link Envelopes}.
 */
final class EnvelopeHandler implements Handler<EnvelopeRequest> {
  private final Node node;
  private final BooleanSupplier leads;
  private final FrameHandler desk;

  /**
   * @param leads whether this node is the active controller
   * @param desk answers the requests in envelopes
   */
  EnvelopeHandler(Node node, BooleanSupplier leads, FrameHandler desk) {
    this.node = node;
    this.leads = leads;
    this.desk = desk;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ENVELOPE;
  }

  @Override
  public void handle(Call call, EnvelopeRequest request) {
    if (!leads.getAsBoolean()) {
      call.answer(new EnvelopeResponse(null, ErrorCode.NOT_CONTROLLER.code()));
      return;
    }
    InetAddress client;
    try {
      client = InetAddress.getByAddress(request.clientHostAddress().toArray());
    } catch (UnknownHostException e) {
      refuse(call, ErrorCode.UNSUPPORTED_VERSION);
      return;
    }
    Bytes principal = request.requestPrincipal();
    if (principal == null || !isReadable(principal)) {
      refuse(call, ErrorCode.PRINCIPAL_DESERIALIZATION_FAILURE);
      return;
    }
    Inner inner = new Inner(call, client);
    desk.handle(inner, request.requestData().buffer(), inner);
  }

  private static boolean isReadable(Bytes principal) {
    try {
      return Envelopes.isPrincipal(principal);
    } catch (WireException e) {
      return false;
    }
  }

  private static void refuse(Call call, ErrorCode error) {
    call.answer(new EnvelopeResponse(null, error.code()));
  }

  /** The client's connection and the place of its answer, as if it were here. */
  private final class Inner implements Connection, Reply {
    private final Call call;
    private final InetAddress client;
    private final AtomicBoolean answered = new AtomicBoolean();

    Inner(Call call, InetAddress client) {
      this.call = call;
      this.client = client;
    }

    @Override
    public void send(WireWriter frame) {
      ByteBuffer answer = frame.buffer();
      int end = answer.position();
      give(
          new EnvelopeResponse(
              Envelopes.seal(
                  answer.slice(Integer.BYTES, end - Integer.BYTES), node.image().offset()),
              ErrorCode.NONE.code()));
    }

    private void give(EnvelopeResponse response) {
      if (answered.compareAndSet(false, true)) {
        call.answer(response);
      }
    }

    @Override
    public void skip() {
      close("");
    }

    @Override
    public void onGone(Runnable task) {
      call.onGone(task);
    }

    /** The sender holds its client's next request. */
    @Override
    public void holdNext() {}

    @Override
    public long id() {
      return call.connection().id();
    }

    @Override
    public String listener() {
      return call.connection().listener();
    }

    @Override
    public InetAddress peer() {
      return client;
    }

    @Override
    public Turns loop() {
      return call.connection().loop();
    }

    @Override
    public boolean isOpen() {
      return call.connection().isOpen();
    }

    /** What a broker would answer by closing the connection. */
    @Override
    public void close(String reason) {
      give(new EnvelopeResponse(null, ErrorCode.INVALID_REQUEST.code()));
    }

    @Override
    public void mute(long delayMs) {
      call.connection().mute(delayMs);
    }
  }
}
