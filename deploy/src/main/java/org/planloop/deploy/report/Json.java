package org.planloop.deploy.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.OptionalDouble;
import org.planloop.data.PlainDecimal;

/** JSON in which every number is a plain decimal and a missing one is null. */
public final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Json() {}

  /** An empty object, to be filled in the order of its fields. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Puts a number, null where it is missing. */
  public static void put(ObjectNode object, String name, OptionalDouble value) {
    if (value.isPresent()) {
      object.put(name, PlainDecimal.of(value.getAsDouble()));
    } else {
      object.putNull(name);
    }
  }

  /** Puts a number, null where it is not finite. */
  public static void put(ObjectNode object, String name, double value) {
    put(object, name, Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty());
  }

  /** A number, text, boolean or list of these. */
  public static JsonNode of(Object value) {
    if (value instanceof Double || value instanceof Float) {
      return MAPPER.getNodeFactory().numberNode(PlainDecimal.of(((Number) value).doubleValue()));
    }
    return MAPPER.valueToTree(value);
  }

  /** On one line, without a line break at the end. */
  public static String line(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Indented, with a line break at the end. */
  public static String pretty(JsonNode node) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads one value.
   *
   * @throws JsonProcessingException if the text is no JSON
   */
  public static JsonNode read(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }
}
