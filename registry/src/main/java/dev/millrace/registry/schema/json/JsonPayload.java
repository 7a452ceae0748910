package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whether bytes are a JSON document that a schema accepts, in a limited number of steps. Nothing is
 * fetched.
 */
final class JsonPayload {
  private static final int STEPS_MAX = 2_000_000;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Of the payload that the calling thread checks. */
  private static final ScopedValue<Regex.Budget> BUDGET = ScopedValue.newInstance();

  private final com.networknt.schema.Schema schema;

  JsonPayload(JsonNode root, Documents documents) {
    JsonNode known = withoutUnknownDialect(root);
    Map<String, String> texts = new HashMap<>();
    documents
        .byUri()
        .forEach((uri, document) -> {
          if (uri.indexOf('#') < 0) {
            texts.put(uri, withoutUnknownDialect(document).toString());
          }
        });
    SchemaRegistryConfig config =
        SchemaRegistryConfig.builder()
            .failFast(true)
            .preloadSchema(false)
            .locale(Locale.ROOT)
            .regularExpressionFactory(JsonPayload::regex)
            .build();
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_7,
            builder -> builder.schemaRegistryConfig(config).schemas(texts));
    schema = registry.getSchema(SchemaLocation.of(Documents.ROOT), known);
  }

  private static JsonNode withoutUnknownDialect(JsonNode root) {
    boolean unknown =
        root instanceof ObjectNode
            && root.path("$schema").isTextual()
            && SpecificationVersion.fromSchemaNode(root).isEmpty();
    return unknown ? ((ObjectNode) root).deepCopy().without("$schema") : root;
  }

  private static RegularExpression regex(String expression) {
    try {
      Regex regex = Regex.of(expression, "pattern");
      return text -> regex.found(text, BUDGET.get());
    } catch (InvalidSchemaException e) {
      return text -> true; // expressions were compiled when the schema was read
    }
  }

  /** Why the range is no valid document; empty when it is. */
  Optional<String> violation(byte[] bytes, int offset, int length) {
    JsonNode document;
    try {
      document = JSON.readTree(bytes, offset, length);
    } catch (JsonProcessingException e) {
      return Optional.of("the bytes are no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      return Optional.of("the bytes are no JSON: " + e.getMessage());
    }
    if (document.isMissingNode()) {
      return Optional.of("the bytes are no JSON: there are none");
    }
    try {
      List<Error> errors =
          ScopedValue.where(BUDGET, new Regex.Budget())
              .call(() -> schema.validate(new Steps(), document, OutputFormat.DEFAULT));
      return errors.isEmpty() ? Optional.empty() : Optional.of(told(errors.getFirst()));
    } catch (Regex.Exhausted e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return Optional.of("the document cannot be checked, reason=" + e.getMessage());
    }
  }

  private static String told(Error error) {
    String where = String.valueOf(error.getInstanceLocation());
    return (where.isEmpty() ? "/" : where) + ": " + error.getMessage();
  }

  /** Counts what is evaluated. */
  private static final class Steps extends ExecutionContext {
    private int left = STEPS_MAX;

    Steps() {
      super(ExecutionConfig.builder().failFast(true).build());
    }

    @Override
    public void evaluationPathAddLast(String token) {
      count();
      super.evaluationPathAddLast(token);
    }

    @Override
    public void evaluationPathAddLast(int index) {
      count();
      super.evaluationPathAddLast(index);
    }

    private void count() {
      if (--left < 0) {
        throw new Regex.Exhausted("the schema takes too long on this document, steps>" + STEPS_MAX);
      }
    }
  }
}
