package dev.millrace.compat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * A generated class of Kafka: random messages through its setters, and their bytes. Public, so that
 * it can be loaded a second time beside another version of Kafka's jars.
 */
public final class KafkaMessage implements Foreign {
  private static final int LIST_MAX = 3;

  private final Class<?> type;
  private Random random = new Random(0);
  private short version;

  /**
   * @param className of the message
   */
  public KafkaMessage(String className) {
    try {
      this.type = Class.forName(className);
    } catch (ClassNotFoundException e) {
      throw new LinkageError("kafka has no such message, name=" + className, e);
    }
  }

  @Override
  public short lowestVersion() {
    return defaults(type).lowestSupportedVersion();
  }

  @Override
  public short highestVersion() {
    return defaults(type).highestSupportedVersion();
  }

  @Override
  public byte[] random(short version, Random random) {
    this.version = version;
    this.random = random;
    return written((Message) struct(type), version);
  }

  @Override
  public byte[] reread(byte[] bytes, short version) {
    ByteBufferAccessor in = new ByteBufferAccessor(ByteBuffer.wrap(bytes));
    Message message = defaults(type);
    message.read(in, version);
    if (in.remaining() > 0) {
      throw new AssertionError("bytes are left over, count=" + in.remaining());
    }
    return written(message, version);
  }

  private static Message defaults(Class<?> type) {
    try {
      return (Message) type.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a message of Kafka", e);
    }
  }

  private static byte[] written(Message message, short version) {
    ByteBuffer buffer = MessageUtil.toByteBufferAccessor(message, version).buffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private Object struct(Class<?> type) {
    Message message = defaults(type);
    List<Method> setters =
        Arrays.stream(type.getMethods())
            .filter(m -> m.getName().startsWith("set") && m.getParameterCount() == 1)
            // links of the list that holds the element
            .filter(m -> !m.getName().matches("setNext|setPrev"))
            .filter(m -> !m.isBridge() && !Modifier.isStatic(m.getModifiers()))
            .sorted(Comparator.comparing(Method::getName))
            .toList();
    for (Method setter : setters) {
      // defaults may be null where this version has no null
      if (!fits(message) && get(message, setter) == null) {
        set(message, setter, value(setter.getGenericParameterTypes()[0]));
      }
    }
    for (Method setter : setters) {
      Object before = get(message, setter);
      Type parameter = setter.getGenericParameterTypes()[0];
      set(
          message,
          setter,
          isNullable(parameter) && random.nextInt(5) == 0 ? null : value(parameter));
      if (!fits(message)) {
        set(message, setter, before);
      }
    }
    return message;
  }

  /** Whether null can be tried; ids are never null, and break hash codes where they are. */
  private static boolean isNullable(Type parameter) {
    return !(parameter instanceof Class<?> type && (type.isPrimitive() || type == Uuid.class));
  }

  private static @Nullable Object get(Message message, Method setter) {
    String name = setter.getName().substring(3);
    try {
      String getter = Character.toLowerCase(name.charAt(0)) + name.substring(1);
      return message.getClass().getMethod(getter).invoke(message);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a message of Kafka", e);
    }
  }

  private static void set(Message message, Method setter, @Nullable Object value) {
    try {
      setter.invoke(message, value);
    } catch (InvocationTargetException refused) {
      // the setter holds the value against its range; the field stays as it was
      if (!(refused.getCause() instanceof RuntimeException)) {
        throw new AssertionError(refused);
      }
    } catch (IllegalAccessException e) {
      throw new LinkageError("not a message of Kafka", e);
    }
  }

  private boolean fits(Message message) {
    try {
      MessageUtil.toByteBufferAccessor(message, version);
      return true;
    } catch (RuntimeException refused) {
      return false;
    }
  }

  private Object value(Type type) {
    if (type instanceof ParameterizedType list) {
      return elements(new ArrayList<>(), list.getActualTypeArguments()[0]);
    }
    Class<?> plain = (Class<?>) type;
    return Collection.class.isAssignableFrom(plain) ? collection(plain) : scalar(plain);
  }

  /** Kafka's own collections are subclasses that name their element. */
  @SuppressWarnings("unchecked") // it takes elements of the type that its superclass names
  private Object collection(Class<?> type) {
    try {
      Type element = ((ParameterizedType) type.getGenericSuperclass()).getActualTypeArguments()[0];
      return elements((Collection<Object>) type.getConstructor().newInstance(), element);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a message of Kafka", e);
    }
  }

  private Object elements(Collection<Object> into, Type element) {
    for (int i = random.nextInt(LIST_MAX + 1); i > 0; i--) {
      into.add(value(element));
    }
    return into;
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
      case "byte[]" -> bytes(40);
      case "ByteBuffer" -> ByteBuffer.wrap(bytes(40));
      case "BaseRecords" -> MemoryRecords.readableRecords(ByteBuffer.wrap(bytes(200)));
      default -> struct(type);
    };
  }

  private long number() {
    return random.nextLong() >> random.nextInt(64);
  }

  private String text() {
    String letters = "azAZ09-._ äß€漢";
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return random.nextInt(20) == 0 ? text.append("x".repeat(200)).toString() : text.toString();
  }

  private byte[] bytes(int lengthMax) {
    byte[] bytes = new byte[random.nextInt(lengthMax)];
    random.nextBytes(bytes);
    return bytes;
  }
}
