package org.planloop.deploy.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.planloop.campaign.ProgressRow;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentWriter;

/**
 * What a report shows of one run.
 *
 * @param label what the run is called beside others
 * @param config every key with its value, in the order of the file
 * @param progress one row an iteration
 * @param summary {@code summary.json}; empty while the run is not finished
 * @param selection {@code best/selection.json}; empty where there is none yet
 */
public record RunData(
    String label,
    Map<String, String> config,
    ProgressTable progress,
    Optional<JsonNode> summary,
    Optional<JsonNode> selection) {

  /** A run that is just finishing. */
  static RunData of(Path path, Experiment experiment, List<ProgressRow> rows, JsonNode summary) {
    return new RunData(
        label(path),
        ExperimentWriter.values(experiment),
        ProgressTable.of(rows),
        Optional.of(summary),
        json(path.resolve(RunFolder.BEST).resolve("selection.json")));
  }

  /**
   * Reads a run's folder, finished or not.
   *
   * @throws InvalidInputException if it is no run folder or a file in it is damaged
   */
  public static RunData read(Path path) {
    if (!Files.isDirectory(path)) {
      throw new InvalidInputException(path + ": is no folder; give the folder of a run");
    }
    Path config = path.resolve(RunFolder.CONFIG);
    if (!Files.exists(config)) {
      throw new InvalidInputException(path + ": is no run folder: it has no " + RunFolder.CONFIG);
    }
    return new RunData(
        label(path),
        config(config),
        ProgressTable.read(path.resolve(RunFolder.PROGRESS)),
        json(path.resolve(RunFolder.SUMMARY)),
        json(path.resolve(RunFolder.BEST).resolve("selection.json")));
  }

  private static String label(Path path) {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName());
  }

  private static Map<String, String> config(Path file) {
    Config config;
    try {
      config = ConfigFactory.parseFile(file.toFile());
    } catch (ConfigException e) {
      throw new InvalidInputException(
          file + ": " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "), e);
    }
    Map<String, String> result = new LinkedHashMap<>();
    config.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                (Map.Entry<String, ConfigValue> entry) -> entry.getValue().origin().lineNumber()))
        .forEach(
            entry ->
                result.put(entry.getKey(), entry.getValue().render(ConfigRenderOptions.concise())));
    return result;
  }

  private static Optional<JsonNode> json(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(Files.readString(file)));
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file + ": is damaged: " + e.getOriginalMessage().replaceAll("\\s+", " "), e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** A configuration value without its quotes; empty if the key is not there. */
  public String setting(String key) {
    return config.getOrDefault(key, "").replaceAll("^\"|\"$", "");
  }
}
