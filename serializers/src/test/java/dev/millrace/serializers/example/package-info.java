/** What the guide shows, compiled. */
@NullMarked
package dev.millrace.serializers.example;

import org.jspecify.annotations.NullMarked;
