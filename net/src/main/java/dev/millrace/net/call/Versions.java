package dev.millrace.net.call;

import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import dev.millrace.net.NetException.Kind;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.ApiVersionsResponse.ApiVersion;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which versions a node speaks (KIP-35, KIP-511). */
public final class Versions {
  static final short FIRST_ASKED = 3;

  private static final String SOFTWARE_NAME = "millrace";
  private static final String SOFTWARE_VERSION = "0.1";

  private final Endpoint node;
  private final Map<ApiKey, ApiVersion> spoken;

  private Versions(Endpoint node, Map<ApiKey, ApiVersion> spoken) {
    this.node = node;
    this.spoken = spoken;
  }

  /** The answer; no versions when the node refused the version of the question. */
  record Reply(@Nullable Versions known) {
    boolean isRefused() {
      return known == null;
    }

    Versions versions() {
      if (known == null) {
        throw new IllegalStateException("the question was refused");
      }
      return known;
    }
  }

  static Request question(short version) {
    return version == 0
        ? ApiVersionsRequest.DEFAULT
        : ApiVersionsRequest.builder()
            .clientSoftwareName(SOFTWARE_NAME)
            .clientSoftwareVersion(SOFTWARE_VERSION)
            .build();
  }

  /**
   * Reads the answer. A node that does not know the version answers in version 0, whatever was
   * asked; the error stands first in all of them.
   */
  static Reply read(Endpoint node, short asked, ByteBuffer body) {
    boolean refused =
        body.remaining() >= Short.BYTES
            && body.getShort(body.position()) == ErrorCode.UNSUPPORTED_VERSION.code();
    if (refused && asked > 0) {
      return new Reply(null);
    }
    return new Reply(of(node, ApiVersionsResponse.read(new WireReader(body), asked)));
  }

  /** The versions in an answer. */
  public static Versions of(Endpoint node, ApiVersionsResponse answer) {
    if (answer.errorCode() != ErrorCode.NONE.code()) {
      throw new NetException(
          Kind.VERSION,
          "node does not say which versions it speaks, node="
              + node
              + " error="
              + answer.errorCode());
    }
    Map<ApiKey, ApiVersion> spoken = new EnumMap<>(ApiKey.class);
    for (ApiVersion version : answer.apiKeys()) {
      ApiKey key = ApiKey.of(version.apiKey());
      if (key != null) {
        spoken.put(key, version);
      }
    }
    return new Versions(node, spoken);
  }

  /**
   * The version to speak: the highest that both sides know and that is at most {@code highest}.
   *
   * @throws NetException when there is none
   */
  public short choose(ApiKey key, int highest) {
    ApiVersion there = spoken.get(key);
    if (there == null) {
      throw new NetException(
          Kind.VERSION, "the node does not support " + key.title() + ", node=" + node);
    }
    int version = Math.min(Math.min(highest, key.highestStableVersion()), there.maxVersion());
    if (version < Math.max(key.lowestVersion(), there.minVersion())) {
      throw new NetException(
          Kind.VERSION,
          "the node speaks no version of " + key.title() + " that is known here, node=" + node);
    }
    return (short) version;
  }
}
