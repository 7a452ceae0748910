package dev.millrace.broker.security;

import dev.millrace.quorum.record.ClientQuotaRecord.EntityData;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeClientQuotasRequest;
import dev.millrace.wire.message.DescribeClientQuotasRequest.ComponentData;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whose quotas are asked for: all entities that have each of these types, with a certain name where
 * one is asked for.
 *
 * @param names by type: the name, empty text for the default, nothing for any
 * @param strict whether an entity must have no other type
 */
record QuotaFilter(Map<String, Optional<String>> names, boolean strict) {
  private static final byte EXACT = 0;
  private static final byte DEFAULT = 1;
  private static final byte ANY = 2;
  private static final Set<String> TYPES = Set.of("user", "client-id", "ip");

  /** A filter that cannot be. */
  static final class WrongFilterException extends RuntimeException {
    private static final long serialVersionUID = 1;
    final transient ErrorCode error;

    WrongFilterException(ErrorCode error, String message) {
      super(message);
      this.error = error;
    }
  }

  /**
   * The filter of a request.
   *
   * @throws WrongFilterException when it contradicts itself
   */
  static QuotaFilter of(DescribeClientQuotasRequest request) {
    Map<String, Optional<String>> names = new HashMap<>();
    for (ComponentData component : request.components()) {
      String type = component.entityType();
      if (type.isEmpty()) {
        throw wrong("entity type is empty");
      }
      if (!TYPES.contains(type)) {
        throw new WrongFilterException(
            ErrorCode.UNSUPPORTED_VERSION, "entity type is not known, type=" + type);
      }
      if (names.put(type, name(component)) != null) {
        throw wrong("entity type is named twice, type=" + type);
      }
    }
    if (names.containsKey("ip") && names.size() > 1) {
      throw wrong("Invalid entity filter component combination: an ip has no user or client-id");
    }
    return new QuotaFilter(names, request.strict());
  }

  private static Optional<String> name(ComponentData component) {
    String match = component.match();
    if ((component.matchType() == EXACT) != (match != null)) {
      throw wrong("an exact match needs a name and the others none");
    }
    return switch (component.matchType()) {
      case EXACT -> Optional.ofNullable(match);
      case DEFAULT -> Optional.of("");
      case ANY -> Optional.empty();
      default -> throw wrong("match type is not known, type=" + component.matchType());
    };
  }

  boolean matches(List<EntityData> entity) {
    if (strict && entity.size() != names.size()) {
      return false;
    }
    return names.entrySet().stream()
        .allMatch(wanted -> entity.stream().anyMatch(part -> matches(wanted, part)));
  }

  private static boolean matches(Map.Entry<String, Optional<String>> wanted, EntityData part) {
    String name = part.entityName() == null ? "" : part.entityName();
    return part.entityType().equals(wanted.getKey())
        && (wanted.getValue().isEmpty() || wanted.getValue().get().equals(name));
  }

  private static WrongFilterException wrong(String message) {
    return new WrongFilterException(ErrorCode.INVALID_REQUEST, message);
  }
}
