package dev.millrace.wiregen;

import java.util.List;

/** A named list of fields, with the structs that are declared inside. */
record Struct(String name, List<Field> fields) {}
