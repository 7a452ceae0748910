package dev.millrace.bench.load;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * One blocking connection that has one request in work, with Apache's own classes for the bytes.
 * There is nothing between the caller and the broker: no other thread, no queue, no timer.
 */
public final class BrokerSocket implements AutoCloseable {
  private static final int TIMEOUT_MS = 30_000;
  private static final int ANSWER_BYTES_MAX = 64 << 20;
  private static final short METADATA_VERSION = 9;

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private int correlationId;

  public BrokerSocket(int port) throws IOException {
    this(port, TIMEOUT_MS);
  }

  /** One that fails when an answer, or being connected, takes longer than {@code timeoutMs}. */
  public BrokerSocket(int port, int timeoutMs) throws IOException {
    this.socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMs);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), timeoutMs);
      this.out = socket.getOutputStream();
      this.in = new DataInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** How many brokers the node knows. */
  public int brokers() throws IOException {
    return metadata(List.of(), false).brokers().size();
  }

  public MetadataResponse metadata(List<String> topics, boolean create) throws IOException {
    MetadataRequest request = new MetadataRequest.Builder(topics, create).build(METADATA_VERSION);
    return (MetadataResponse) call(ApiKeys.METADATA, request);
  }

  /** Sends a request and waits for its answer. */
  public AbstractResponse call(ApiKeys api, AbstractRequest request) throws IOException {
    RequestHeader header = header(api, request.version());
    byte[] answer = exchange(frame(request, header));
    return AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
  }

  public RequestHeader header(ApiKeys api, short version) {
    return new RequestHeader(api, version, "bench", correlationId++);
  }

  /** A request with its length in front, ready to be sent, again and again if wished. */
  public static byte[] frame(AbstractRequest request, RequestHeader header) {
    ByteBuffer body = request.serializeWithHeader(header);
    ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + body.remaining());
    frame.putInt(body.remaining()).put(body);
    return frame.array();
  }

  /** Sends a frame and returns the next answer without its length. */
  public byte[] exchange(byte[] frame) throws IOException {
    out.write(frame);
    int size = in.readInt();
    if (size < 0 || size > ANSWER_BYTES_MAX) {
      throw new IOException("answer has an impossible size, size=" + size);
    }
    byte[] answer = new byte[size];
    in.readFully(answer);
    return answer;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
