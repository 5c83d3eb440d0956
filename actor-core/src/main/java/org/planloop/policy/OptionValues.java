package org.planloop.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Options as JSON, their types kept: an Integer is a whole number, a Double has a point, a Long is
 * {@code {"long": n}}.
 */
final class OptionValues {
  private static final String LONG = "long";

  private OptionValues() {}

  static ObjectNode write(Map<String, Object> options) {
    ObjectNode json = JsonObject.create();
    new TreeMap<>(options).forEach((key, value) -> json.set(key, writeValue(key, value)));
    return json;
  }

  private static JsonNode writeValue(String key, Object value) {
    if (value instanceof Integer number) {
      return IntNode.valueOf(number);
    }
    if (value instanceof Long number) {
      return JsonObject.create().put(LONG, number);
    }
    if (value instanceof Double number) {
      return DoubleNode.valueOf(JsonObject.finite("option " + key, number));
    }
    if (value instanceof Boolean flag) {
      return BooleanNode.valueOf(flag);
    }
    if (value instanceof String text) {
      return TextNode.valueOf(text);
    }
    if (value instanceof List<?> list) {
      ArrayNode array = JsonObject.MAPPER.createArrayNode();
      list.forEach(element -> array.add(writeValue(key, element)));
      return array;
    }
    throw new IllegalArgumentException(
        "option " + key + " = " + value + ": must be a number, a text, true, false or a list");
  }

  static Map<String, Object> read(JsonObject json) {
    Map<String, Object> options = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : json.node().properties()) {
      options.put(entry.getKey(), readValue(json, entry.getKey(), entry.getValue()));
    }
    return options;
  }

  private static Object readValue(JsonObject json, String key, JsonNode value) {
    if (value.isInt()) {
      return value.intValue();
    }
    if (value.isDouble() && Double.isFinite(value.doubleValue())) {
      return value.doubleValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isTextual()) {
      return value.textValue();
    }
    if (value.isObject() && value.size() == 1 && value.path(LONG).isIntegralNumber()) {
      return value.path(LONG).longValue();
    }
    if (value.isArray()) {
      List<Object> list = new ArrayList<>();
      value.forEach(element -> list.add(readValue(json, key, element)));
      return List.copyOf(list);
    }
    throw json.bad("option " + key + " = " + value + ": is of no known type", null);
  }
}
