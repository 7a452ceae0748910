/**
 * What a node tells over HTTP: whether it is alive and ready, and its schema registry. Stands on
 * the JDK's own small server, which starts beside the listeners and never in front of them ({@code
 * docs/decisions/0082-http-endpoint.md}, {@code 0241-the-registry-over-http.md}).
 */
@NullMarked
package dev.millrace.server.http;

import org.jspecify.annotations.NullMarked;
