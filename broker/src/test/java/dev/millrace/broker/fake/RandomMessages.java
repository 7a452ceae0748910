package dev.millrace.broker.fake;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.Request;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Well-formed requests with random content. Names and numbers come from a small pool, so that they
 * often mean something; each field is kept only where the version has a place for it.
 */
public final class RandomMessages {
  private static final int LIST_SIZE_MAX = 3;
  private static final int[] NUMBERS = {-2, -1, 0, 1, 2, 3, 4, 8, 16, 32, 64, 1000, 65536};

  private final RandomGenerator random;
  private final List<String> names;

  public RandomMessages(RandomGenerator random, List<String> names) {
    this.random = random;
    this.names = names;
  }

  public Request request(ApiKey key, short version) {
    try {
      Class<?> type = Class.forName(ApiKey.class.getPackageName() + "." + key.title() + "Request");
      return (Request) message(type, version);
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError(impossible.getMessage(), impossible);
    }
  }

  private Object message(Class<?> type, short version) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    Object message = type.getField("DEFAULT").get(null);
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = components[i].getAccessor().invoke(message);
    }
    for (int i = 0; i < values.length; i++) {
      Object before = values[i];
      values[i] = random.nextInt(4) == 0 ? before : value(components[i].getGenericType(), version);
      Object next = instance(type, components, values);
      if (hasPlace(next, version)) {
        message = next;
      } else {
        values[i] = before;
      }
    }
    return message;
  }

  private static Object instance(Class<?> type, RecordComponent[] components, Object[] values)
      throws ReflectiveOperationException {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    return type.getDeclaredConstructor(types).newInstance(values);
  }

  /** Whether the version can carry the message there and back. */
  private static boolean hasPlace(Object message, short version)
      throws ReflectiveOperationException {
    Class<?> type = message.getClass();
    try {
      int size = (int) type.getMethod("size", short.class).invoke(message, version);
      WireWriter out = new WireWriter(ByteBuffer.allocate(size));
      type.getMethod("write", WireWriter.class, short.class).invoke(message, out, version);
      type.getMethod("read", WireReader.class, short.class)
          .invoke(null, new WireReader(out.buffer().flip()), version);
      return true;
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof WireException
          || refused.getCause() instanceof NullPointerException) {
        return false;
      }
      throw refused;
    }
  }

  private Object value(Type type, short version) throws ReflectiveOperationException {
    if (type instanceof ParameterizedType list) {
      return random.nextInt(10) == 0 ? null : list(list.getActualTypeArguments()[0], version);
    }
    Class<?> simple = (Class<?>) type;
    if (simple.isRecord() && simple != Uuid.class) {
      return random.nextInt(4) == 0 ? null : message(simple, version);
    }
    return simpleValue(simple);
  }

  private List<Object> list(Type element, short version) throws ReflectiveOperationException {
    List<Object> list = new ArrayList<>();
    int size = random.nextInt(LIST_SIZE_MAX + 1);
    while (list.size() < size) {
      Object value = value(element, version);
      list.add(value == null ? value(element, version) : value);
    }
    return list.contains(null) ? List.of() : list;
  }

  private Object simpleValue(Class<?> type) {
    long number = number();
    return switch (type.getName()) {
      case "boolean", "java.lang.Boolean" -> random.nextBoolean();
      case "byte", "java.lang.Byte" -> (byte) number;
      case "short", "java.lang.Short" -> (short) number;
      case "int", "java.lang.Integer" -> (int) number;
      case "long", "java.lang.Long" -> number;
      case "double", "java.lang.Double" -> random.nextDouble();
      case "java.lang.String" -> random.nextInt(10) == 0 ? null : name();
      default -> bytes(type);
    };
  }

  private Object bytes(Class<?> type) {
    byte[] content = new byte[random.nextInt(100)];
    random.nextBytes(content);
    if (type == Uuid.class) {
      return random.nextInt(3) == 0 ? Uuid.ZERO : Uuid.random(random);
    }
    return type == Bytes.class ? Bytes.copyOf(content) : RecordBytes.of(ByteBuffer.wrap(content));
  }

  private long number() {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextLong();
      case 1 -> Integer.MAX_VALUE;
      default -> NUMBERS[random.nextInt(NUMBERS.length)];
    };
  }

  private String name() {
    return switch (random.nextInt(10)) {
      case 0 -> "";
      case 1 -> "x".repeat(random.nextInt(400));
      case 2 -> "é\u0000\uD83D\uDE00/ ";
      default -> names.get(random.nextInt(names.size()));
    };
  }
}
