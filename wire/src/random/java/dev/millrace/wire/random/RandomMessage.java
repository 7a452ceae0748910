package dev.millrace.wire.random;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.Message;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Random values of generated records. It starts with the defaults and tries another value for one
 * field after the other; a value that the version cannot carry is taken back.
 */
public final class RandomMessage {
  private static final int LIST_MAX = 3;

  private final Random random;
  private final short version;

  private RandomMessage(Random random, short version) {
    this.random = random;
    this.version = version;
  }

  /** A message that the version can carry. */
  public static Message of(MessageKind kind, short version, Random random) {
    return (Message) new RandomMessage(random, version).struct(kind.type());
  }

  private Object struct(Class<?> type) {
    try {
      RecordComponent[] components = type.getRecordComponents();
      Object fallback = type.getField("DEFAULT").get(null);
      @Nullable Object[] values = new Object[components.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = components[i].getAccessor().invoke(fallback);
      }
      Constructor<?> constructor = constructor(type, components);
      Method size = type.getMethod("size", short.class);
      fillNulls(components, values, constructor, size);
      for (int i = 0; i < values.length; i++) {
        Object before = values[i];
        values[i] = value(components[i].getAnnotatedType(), components[i].getGenericType());
        if (!fits(constructor, values, size)) {
          values[i] = before;
        }
      }
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a generated message", e);
    }
  }

  private static Constructor<?> constructor(Class<?> type, RecordComponent[] components)
      throws NoSuchMethodException {
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    return type.getConstructor(types);
  }

  /** Defaults may be null where this version has no null. */
  private void fillNulls(
      RecordComponent[] components,
      @Nullable Object[] values,
      Constructor<?> constructor,
      Method size)
      throws ReflectiveOperationException {
    for (int i = 0; i < values.length && !fits(constructor, values, size); i++) {
      while (values[i] == null) {
        values[i] = value(components[i].getAnnotatedType(), components[i].getGenericType());
      }
    }
  }

  private boolean fits(Constructor<?> constructor, @Nullable Object[] values, Method size)
      throws ReflectiveOperationException {
    try {
      size.invoke(constructor.newInstance(values), version);
      return true;
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof WireException) {
        return false;
      }
      throw e;
    }
  }

  private @Nullable Object value(AnnotatedType annotated, Type type) {
    boolean isNullable = annotated.isAnnotationPresent(Nullable.class);
    return isNullable && random.nextInt(4) == 0 ? null : value(type);
  }

  private Object value(Type type) {
    if (type instanceof ParameterizedType list) {
      List<Object> elements = new ArrayList<>();
      for (int i = random.nextInt(LIST_MAX + 1); i > 0; i--) {
        elements.add(value(list.getActualTypeArguments()[0]));
      }
      return elements;
    }
    return scalar((Class<?>) type);
  }

  private Object scalar(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "boolean", "Boolean" -> random.nextBoolean();
      case "byte", "Byte" -> (byte) number();
      case "short", "Short" -> (short) number();
      case "int", "Integer" -> (int) number();
      case "long", "Long" -> number();
      case "double", "Double" -> random.nextGaussian();
      case "String" -> text();
      case "Uuid" -> new Uuid(random.nextLong(), random.nextLong());
      case "Bytes" -> Bytes.copyOf(bytes(40));
      case "RecordBytes" ->
          RecordBytes.of(ByteBuffer.wrap(bytes(random.nextInt(20) == 0 ? 5000 : 100)));
      default -> struct(type);
    };
  }

  /** Small, large and negative ones. */
  private long number() {
    return random.nextLong() >> random.nextInt(64);
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(10) == 0 ? random.nextInt(300) : random.nextInt(12);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          switch (random.nextInt(6)) {
            case 0 -> 0x80 + random.nextInt(0x700);
            case 1 -> 0x4e00 + random.nextInt(100);
            case 2 -> 0x1f600 + random.nextInt(50);
            default -> ' ' + random.nextInt(90);
          });
    }
    return text.toString();
  }

  private byte[] bytes(int lengthMax) {
    byte[] bytes = new byte[random.nextInt(lengthMax)];
    random.nextBytes(bytes);
    return bytes;
  }
}
