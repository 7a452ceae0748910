package dev.millrace.wiregen;

import java.util.List;
import java.util.Set;

/**
 * One message of the protocol, or one kind of record.
 *
 * @param apiKey number of the API or of the record kind, -1 when it has none
 * @param kind {@code request}, {@code response}, {@code header}, {@code data}, {@code metadata}, …
 * @param listeners who answers it: {@code broker}, {@code controller}
 * @param structs the structs nested in it
 */
record Specification(
    String name,
    int apiKey,
    String kind,
    Versions valid,
    Versions flexible,
    boolean latestUnstable,
    Set<String> listeners,
    Struct top,
    List<Struct> structs) {}
