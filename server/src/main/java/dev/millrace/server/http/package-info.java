/**
 * What a node tells over HTTP: whether it is alive and ready. Stands on the JDK's own small server,
 * which starts beside the listeners and never in front of them ({@code
 * docs/decisions/0082-http-endpoint.md}).
 */
@NullMarked
package dev.millrace.server.http;

import org.jspecify.annotations.NullMarked;
