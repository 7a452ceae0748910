package dev.millrace.serializers.registry;

import org.jspecify.annotations.Nullable;

/**
 * A schema in the registry.
 *
 * @param version within the subject; 0 when it was asked for by id
 * @param guid the same in each cluster; null from registries that do not say it
 */
public record Registered(int id, int version, @Nullable String guid, SchemaText schema) {}
