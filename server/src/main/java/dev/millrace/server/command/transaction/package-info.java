/** Transactions: what is open, what hangs, and its end. */
@NullMarked
package dev.millrace.server.command.transaction;

import org.jspecify.annotations.NullMarked;
