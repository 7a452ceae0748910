package dev.millrace.serializers.registry;

import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a client is let in to a registry.
 *
 * @param headers that each request carries, such as {@code Authorization}
 * @param tls whose certificates are trusted, and which are shown; null for those of the JDK
 */
public record Access(Map<String, String> headers, @Nullable SSLContext tls) {}
