package org.planloop.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;
import org.planloop.data.Excerpt;
import org.planloop.data.InvalidInputException;
import org.planloop.data.StoredTensor;
import org.planloop.data.UntrustedJson;

/** A JSON object whose fields are read with their type checked; errors name the file and field. */
record JsonObject(String source, ObjectNode node) {
  static final JsonMapper MAPPER =
      UntrustedJson.mapper()
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .addModule(DeviceJson.module())
          .build();

  static ObjectNode create() {
    return MAPPER.createObjectNode();
  }

  /** A record as an object of its components, in their order. */
  static ObjectNode ofRecord(Record value) {
    return MAPPER.valueToTree(value);
  }

  /**
   * @throws IllegalArgumentException unless the number is finite: JSON has no other
   */
  static double finite(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(name + " must be finite: " + value);
    }
    return value;
  }

  /** The shape of a tensor that must have so many dimensions, each of them an int. */
  static long[] shape(StoredTensor tensor, int dimensions) {
    long[] shape = tensor.shape();
    boolean good = shape.length == dimensions;
    for (long dimension : shape) {
      good &= dimension <= Integer.MAX_VALUE;
    }
    if (!good) {
      throw new InvalidInputException("tensor " + tensor + " must have " + dimensions + " axes");
    }
    return shape;
  }

  /** This object as a record; every component must be there, and nothing else. */
  <T extends Record> T toRecord(Class<T> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      field(component.getName());
    }
    try {
      return MAPPER.treeToValue(node, type);
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String what =
          cause instanceof JsonProcessingException json
              ? json.getOriginalMessage()
              : String.valueOf(cause.getMessage());
      throw bad(what, e);
    }
  }

  JsonObject object(String key) {
    if (field(key) instanceof ObjectNode object) {
      return new JsonObject(source, object);
    }
    throw wrong(key, "an object");
  }

  String text(String key) {
    JsonNode field = field(key);
    if (!field.isTextual()) {
      throw wrong(key, "a text");
    }
    return field.textValue();
  }

  int integer(String key) {
    JsonNode field = field(key);
    if (!field.isInt()) {
      throw wrong(key, "a whole number");
    }
    return field.intValue();
  }

  double number(String key) {
    JsonNode field = field(key);
    if (!field.isNumber() || !Double.isFinite(field.doubleValue())) {
      throw wrong(key, "a finite number");
    }
    return field.doubleValue();
  }

  JsonNode array(String key) {
    JsonNode field = field(key);
    if (!field.isArray()) {
      throw wrong(key, "an array");
    }
    return field;
  }

  private JsonNode field(String key) {
    JsonNode field = node.get(key);
    if (field == null) {
      throw bad(key + " is missing", null);
    }
    return field;
  }

  private InvalidInputException wrong(String key, String rule) {
    return bad(key + " = " + node.get(key) + ": must be " + rule, null);
  }

  InvalidInputException bad(String what, @Nullable Throwable cause) {
    String message = source + ": " + Excerpt.of(what);
    return cause == null
        ? new InvalidInputException(message)
        : new InvalidInputException(message, cause);
  }

  /** The same error with the file's name in front, unless a name already is. */
  InvalidInputException named(InvalidInputException error) {
    String message = String.valueOf(error.getMessage());
    return message.contains(source)
        ? error
        : new InvalidInputException(source + ": " + Excerpt.of(message), error);
  }
}
