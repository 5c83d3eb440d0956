package org.planloop.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * JSON that came from outside. Names are kept in no table between documents, neither Jackson's nor
 * the JVM's: there a name that was never seen costs a copy of the table. A name twice in one
 * object, and anything behind the value, is an error.
 */
public final class UntrustedJson {
  private UntrustedJson() {}

  /** A mapper to be set up further. */
  public static JsonMapper.Builder mapper() {
    JsonFactory factory =
        new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    return JsonMapper.builder(factory)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }
}
