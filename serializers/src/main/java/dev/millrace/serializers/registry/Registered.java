package dev.millrace.serializers.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schema in the registry.
 *
 * @param version within the subject; 0 when it was asked for by id
 * @param guid the same in each cluster; null from registries that do not say it
 * @param rules of it, as far as the registry tells them
 */
public record Registered(
    int id, int version, @Nullable String guid, SchemaText schema, List<Rule> rules) {}
