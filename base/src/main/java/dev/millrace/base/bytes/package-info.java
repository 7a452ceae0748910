/**
 * Values made of bytes: immutable byte strings, 128-bit ids, CRC-32C. They know no file and no
 * protocol.
 */
@NullMarked
package dev.millrace.base.bytes;

import org.jspecify.annotations.NullMarked;
