package dev.millrace.quorum.control;

import dev.millrace.quorum.record.ClientQuotaRecord.EntityData;
import dev.millrace.wire.ErrorCode;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What quotas there are (KIP-546, KIP-612), whom they can be for and what they can be. */
final class QuotaRules {
  private static final String USER = "user";
  private static final String CLIENT = "client-id";
  private static final String IP = "ip";

  /** Whole numbers a second: bytes, or connections. */
  private static final Set<String> WHOLE =
      Set.of("producer_byte_rate", "consumer_byte_rate", "connection_creation_rate");

  private static final Set<String> OF_CLIENTS =
      Set.of(
          "producer_byte_rate",
          "consumer_byte_rate",
          "request_percentage",
          "controller_mutation_rate");
  private static final Set<String> OF_ADDRESSES = Set.of("connection_creation_rate");

  private QuotaRules() {}

  /** Refuses an entity that no quota can be for. */
  static void checkEntity(List<EntityData> entity) {
    if (entity.isEmpty()) {
      throw refused("a quota needs somebody whom it is for");
    }
    Set<String> types = new HashSet<>();
    for (EntityData part : entity) {
      String type = part.entityType();
      if (!Set.of(USER, CLIENT, IP).contains(type)) {
        throw refused("quotas are for user, client-id or ip, type=" + type);
      }
      if (!types.add(type)) {
        throw refused("type is named twice, type=" + type);
      }
      String name = part.entityName();
      if (name != null && name.isEmpty()) {
        throw refused("name is empty, leave it out for the default, type=" + type);
      }
      if (type.equals(IP) && name != null && !isAddress(name)) {
        throw refused(name + " is not a valid IP or resolvable host");
      }
    }
    if (types.contains(IP) && types.size() > 1) {
      throw refused("Invalid quota entity combination: an ip has no user or client-id");
    }
  }

  /** Refuses a quota that does not exist for {@code entity}, or cannot have this value. */
  static void checkValue(List<EntityData> entity, String key, double value) {
    boolean ofAddress = entity.stream().anyMatch(part -> part.entityType().equals(IP));
    Set<String> allowed = ofAddress ? OF_ADDRESSES : OF_CLIENTS;
    if (!allowed.contains(key)) {
      throw refused(
          "Invalid configuration key "
              + key
              + ", allowed: "
              + String.join(", ", new TreeSet<>(allowed)));
    }
    if (!Double.isFinite(value) || (WHOLE.contains(key) && value != Math.rint(value))) {
      throw refused("quota must be a whole number, key=" + key + " value=" + value);
    }
    if (value <= 0) {
      throw refused("Quota " + key + " must be greater than 0");
    }
  }

  /** Names of hosts are not looked up: a decision must be the same on every node. */
  private static boolean isAddress(String text) {
    try {
      return text.equals("localhost") || InetAddress.ofLiteral(text) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static RefusedException refused(String message) {
    return new RefusedException(ErrorCode.INVALID_REQUEST, message);
  }
}
