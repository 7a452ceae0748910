/** The front desk: one handler an API key. */
@NullMarked
package dev.millrace.broker;

import org.jspecify.annotations.NullMarked;
