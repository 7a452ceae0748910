package dev.millrace.serializers.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** A format as a serde of Streams. */
public abstract class SchemaSerde<T> extends Serdes.WrapperSerde<T> {
  private final Map<String, String> fixed;

  /**
   * For settings: {@link #configure} follows.
   *
   * @param fixed settings that the serde stands for; they go before others
   */
  @SuppressWarnings("unchecked") // settings say which class comes out, and the caller knows them
  protected SchemaSerde(
      Serializer<?> serializer, Deserializer<?> deserializer, Map<String, String> fixed) {
    super((Serializer<T>) serializer, (Deserializer<T>) deserializer);
    this.fixed = fixed;
  }

  @Override
  public void configure(Map<String, ?> settings, boolean key) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putAll(fixed);
    super.configure(all, key);
  }
}
