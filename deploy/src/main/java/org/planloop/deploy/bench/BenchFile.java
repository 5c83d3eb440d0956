package org.planloop.deploy.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.report.Json;

/**
 * A run of the benchmarks as JSON.
 *
 * @param machine what it ran on and which versions of what, in words
 * @param measurements in the order they were made
 */
public record BenchFile(Map<String, String> machine, List<Measurement> measurements) {
  /** The one entry of the machine's that is expected to differ between two runs. */
  static final String COMMIT = "commit";

  private static final int SCHEMA = 1;

  public BenchFile {
    machine = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(machine));
    measurements = List.copyOf(measurements);
  }

  /** The object as it is written. */
  public ObjectNode json() {
    ObjectNode object = Json.object();
    object.put("schema", SCHEMA);
    ObjectNode on = object.putObject("machine");
    machine.forEach(on::put);
    ArrayNode array = object.putArray("measurements");
    for (Measurement measurement : measurements) {
      ObjectNode entry = array.addObject();
      entry.put("name", measurement.name());
      entry.put("unit", measurement.unit());
      entry.put("smaller_is_better", measurement.smallerIsBetter());
      Json.put(entry, "median", measurement.median());
      Json.put(entry, "lower_quartile", measurement.quantile(0.25));
      Json.put(entry, "upper_quartile", measurement.quantile(0.75));
      ArrayNode samples = entry.putArray("samples");
      measurement.samples().forEach(sample -> samples.add(Json.of(sample)));
      ArrayNode references = entry.putArray("references");
      for (Reference reference : measurement.references()) {
        ObjectNode held = references.addObject().put("what", reference.what());
        Json.put(held, "value", reference.value());
        Json.put(held, "share", measurement.share(reference));
        reference
            .timesAsFast()
            .ifPresent(
                times -> {
                  Json.put(held, "times_as_fast", times.mean());
                  Json.put(held, "times_as_fast_low", times.low());
                  Json.put(held, "times_as_fast_high", times.high());
                  held.put("pairs", times.pairs());
                  ArrayNode peers = held.putArray("samples");
                  reference.samples().forEach(sample -> peers.add(Json.of(sample)));
                });
      }
      ObjectNode counts = entry.putObject("counts");
      measurement.counts().forEach((what, value) -> Json.put(counts, what, value));
    }
    return object;
  }

  /**
   * Reads a file that {@link #json} made.
   *
   * @throws InvalidInputException naming the file and what is wrong with it
   */
  public static BenchFile read(Path file) {
    JsonNode object;
    try {
      object = Json.read(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file + ": is no JSON: " + e.getOriginalMessage().replaceAll("\\s+", " "), e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (object.path("schema").asInt() != SCHEMA) {
      throw new InvalidInputException(
          file
              + ": schema is "
              + object.path("schema")
              + ", must be "
              + SCHEMA
              + "; give a file that 'planloop bench' wrote");
    }
    Map<String, String> machine = new LinkedHashMap<>();
    object
        .path("machine")
        .properties()
        .forEach(e -> machine.put(e.getKey(), e.getValue().asText()));
    List<Measurement> measurements = new ArrayList<>();
    for (JsonNode entry : object.path("measurements")) {
      measurements.add(measurement(file, entry));
    }
    return new BenchFile(machine, measurements);
  }

  private static Measurement measurement(Path file, JsonNode entry) {
    List<Reference> references = new ArrayList<>();
    entry
        .path("references")
        .forEach(
            held ->
                references.add(
                    new Reference(
                        held.path("what").asText(),
                        held.path("value").asDouble(),
                        timesAsFast(held),
                        samples(held))));
    Map<String, Double> counts = new LinkedHashMap<>();
    entry.path("counts").properties().forEach(e -> counts.put(e.getKey(), e.getValue().asDouble()));
    try {
      return new Measurement(
          entry.path("name").asText(),
          entry.path("unit").asText(),
          entry.path("smaller_is_better").asBoolean(),
          samples(entry),
          references,
          counts);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(file + ": is damaged: " + e.getMessage(), e);
    }
  }

  private static List<Double> samples(JsonNode entry) {
    List<Double> samples = new ArrayList<>();
    entry.path("samples").forEach(sample -> samples.add(sample.asDouble(Double.NaN)));
    return samples;
  }

  private static Optional<PairedRatio> timesAsFast(JsonNode held) {
    return held.has("pairs")
        ? Optional.of(
            new PairedRatio(
                held.path("times_as_fast").asDouble(),
                held.path("times_as_fast_low").asDouble(0),
                // Without an upper end there was one pair alone.
                held.path("times_as_fast_high").asDouble(Double.POSITIVE_INFINITY),
                held.path("pairs").asInt()))
        : Optional.empty();
  }
}
