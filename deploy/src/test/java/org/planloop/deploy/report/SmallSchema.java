package org.planloop.deploy.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Checks a document against the parts of JSON Schema that our schemas use. */
final class SmallSchema {
  private final JsonNode root;

  SmallSchema(String name) throws IOException {
    try (InputStream in = SmallSchema.class.getResourceAsStream("/schema/" + name)) {
      root =
          Json.read(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** What is wrong, one line each; empty if the document is valid. */
  List<String> errors(JsonNode document) {
    List<String> errors = new ArrayList<>();
    check("$", root, document, errors);
    return errors;
  }

  private void check(String path, JsonNode schema, JsonNode node, List<String> errors) {
    if (schema.has("$ref")) {
      String name = schema.get("$ref").asText().replace("#/$defs/", "");
      check(path, root.path("$defs").path(name), node, errors);
    }
    if (schema.has("oneOf")) {
      int matching = 0;
      for (JsonNode option : schema.get("oneOf")) {
        List<String> inner = new ArrayList<>();
        check(path, option, node, inner);
        matching += inner.isEmpty() ? 1 : 0;
      }
      require(matching == 1, path + " matches " + matching + " of oneOf", errors);
    }
    if (schema.has("const")) {
      require(schema.get("const").asText().equals(node.asText()), path + " not const", errors);
    }
    if (schema.has("enum")) {
      boolean found = false;
      for (JsonNode value : schema.get("enum")) {
        found |= value.asText().equals(node.asText());
      }
      require(found, path + " not in enum: " + node, errors);
    }
    if (schema.has("type")) {
      List<String> types = new ArrayList<>();
      if (schema.get("type").isArray()) {
        schema.get("type").forEach(type -> types.add(type.asText()));
      } else {
        types.add(schema.get("type").asText());
      }
      require(types.stream().anyMatch(t -> is(t, node)), path + " is no " + types, errors);
    }
    if (schema.has("minimum") && node.isNumber()) {
      require(node.asDouble() >= schema.get("minimum").asDouble(), path + " below minimum", errors);
    }
    if (schema.has("items")) {
      for (int i = 0; i < node.size(); i++) {
        check(path + "[" + i + "]", schema.get("items"), node.get(i), errors);
      }
    }
    if (schema.has("required")) {
      schema
          .get("required")
          .forEach(name -> require(node.has(name.asText()), path + " lacks " + name, errors));
    }
    if (schema.has("properties")) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        JsonNode property = schema.path("properties").path(field.getKey());
        String inner = path + "." + field.getKey();
        if (!property.isMissingNode()) {
          check(inner, property, field.getValue(), errors);
        } else if (schema.path("additionalProperties").isObject()) {
          check(inner, schema.get("additionalProperties"), field.getValue(), errors);
        } else {
          require(false, inner + " is not in the schema", errors);
        }
      }
    }
  }

  private static boolean is(String type, JsonNode node) {
    return switch (type) {
      case "object" -> node.isObject();
      case "array" -> node.isArray();
      case "string" -> node.isTextual();
      case "null" -> node.isNull();
      case "number" -> node.isNumber();
      case "integer" -> node.isNumber() && node.asDouble() == Math.rint(node.asDouble());
      default -> throw new IllegalArgumentException(type);
    };
  }

  private static void require(boolean holds, String error, List<String> errors) {
    if (!holds) {
      errors.add(error);
    }
  }
}
