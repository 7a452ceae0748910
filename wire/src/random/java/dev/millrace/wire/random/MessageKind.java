package dev.millrace.wire.random;

import dev.millrace.wire.Message;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A generated message, by its class: its versions, and its reading and writing as plain bytes. */
public record MessageKind(Class<? extends Message> type, MethodHandle read) {
  private static final String PACKAGE = "dev.millrace.wire.message.";

  /** Messages that are no body of an API. */
  private static final List<String> OTHERS =
      List.of(
          "RequestHeader",
          "ResponseHeader",
          "ConsumerProtocolAssignment",
          "ConsumerProtocolSubscription",
          "ControlRecordTypeSchema",
          "DefaultPrincipalData",
          "EndTxnMarker",
          "KRaftVersionRecord",
          "LeaderChangeMessage",
          "SnapshotFooterRecord",
          "SnapshotHeaderRecord",
          "VotersRecord");

  public MessageKind(Class<? extends Message> type) {
    this(type, read(type));
  }

  /** All messages of the protocol. */
  public static List<MessageKind> protocol() {
    List<MessageKind> kinds = new ArrayList<>();
    for (ApiKey key : ApiKey.values()) {
      if (key.lowestVersion() <= key.highestVersion()) {
        kinds.add(named(PACKAGE + key.title() + "Request"));
        kinds.add(named(PACKAGE + key.title() + "Response"));
      }
    }
    OTHERS.forEach(name -> kinds.add(named(PACKAGE + name)));
    return kinds;
  }

  /** The generated class of a name. */
  public static MessageKind named(String className) {
    try {
      return new MessageKind(Class.forName(className).asSubclass(Message.class));
    } catch (ClassNotFoundException e) {
      throw new LinkageError("not a generated message", e);
    }
  }

  public String name() {
    return type.getSimpleName();
  }

  public Message defaults() {
    try {
      return (Message) type.getField("DEFAULT").get(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a generated message", e);
    }
  }

  public List<Short> versions() {
    List<Short> versions = new ArrayList<>();
    for (short v = defaults().lowestVersion(); v <= defaults().highestVersion(); v++) {
      versions.add(v);
    }
    return versions;
  }

  /** Reads the message; the buffer's position moves. */
  public Message read(ByteBuffer in, short version) {
    try {
      return (Message) read.invokeExact(new WireReader(in), version);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static MethodHandle read(Class<? extends Message> type) {
    try {
      MethodType signature = MethodType.methodType(type, WireReader.class, short.class);
      return MethodHandles.publicLookup()
          .findStatic(type, "read", signature)
          .asType(signature.changeReturnType(Message.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a generated message", e);
    }
  }

  /** All bytes of a message, those that stay where they lie included. */
  public static byte[] bytes(Message message, short version) {
    ByteBuffer all = ByteBuffer.allocate(message.size(version));
    ByteBuffer own = ByteBuffer.allocate(all.capacity());
    WireWriter out = new WireWriter(own);
    message.write(out, version);
    own.flip();
    for (WireWriter.External external : out.externals()) {
      int count = external.at() - own.position();
      all.put(own.slice(own.position(), count));
      own.position(external.at());
      all.put(((RecordBytes.InMemory) external.records()).view());
    }
    all.put(own);
    if (all.hasRemaining()) {
      throw new AssertionError("message is shorter than its size, missing=" + all.remaining());
    }
    return all.array();
  }

  @Override
  public String toString() {
    return name();
  }
}
