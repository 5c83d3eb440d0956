package org.planloop.deploy.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import org.planloop.data.InvalidInputException;

/**
 * What has no place in the wire's own records travels as JSON: progress rows, decisions, results.
 */
final class Texts {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          // A client may be older than its cluster.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Texts() {}

  static String write(Record value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + value, e);
    }
  }

  /**
   * @throws InvalidInputException if the text is not such a record
   */
  static <T extends Record> T read(String text, Class<T> type) {
    try {
      return JSON.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          "the cluster sent a "
              + type.getSimpleName()
              + " that this version cannot read ("
              + e.getOriginalMessage()
              + "); use the version that the cluster runs",
          e);
    }
  }
}
