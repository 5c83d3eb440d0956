package org.planloop.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.storage.AtomicFile;

/**
 * What a store knows besides its segments, in {@code store.json}.
 *
 * @param epoch the epoch that holds the store; appends of older ones are refused
 * @param firstKept by side: the jobs before it were evicted
 */
record StoreState(StoreIdentity identity, long epoch, Map<Provenance, JobKey> firstKept) {
  static final String FILE = "store.json";

  private static final int FORMAT = 1;
  private static final JsonMapper JSON = new JsonMapper();

  StoreState {
    firstKept = Map.copyOf(firstKept);
  }

  StoreState withEpoch(long newEpoch) {
    return new StoreState(identity, newEpoch, firstKept);
  }

  StoreState withFirstKept(JobKey first) {
    Map<Provenance, JobKey> kept = new EnumMap<>(Provenance.class);
    kept.putAll(firstKept);
    kept.put(first.provenance(), first);
    return new StoreState(identity, epoch, kept);
  }

  void write(Path folder) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("campaign", identity.campaign());
    json.put("state-size", identity.stateSize());
    json.put("action-size", identity.actionSize());
    json.put("epoch", epoch);
    ObjectNode kept = json.putObject("first-kept");
    for (Provenance side : Provenance.values()) {
      JobKey first = firstKept.get(side);
      if (first != null) {
        kept.putArray(side.name()).add(first.iteration()).add(first.job()).add(first.attempt());
      }
    }
    json.put("checksum", checksum(json));
    AtomicFile.write(
        folder.resolve(FILE), (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @return empty where the folder has none
   * @throws InvalidInputException if it is damaged or of another format
   */
  static Optional<StoreState> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonNode json;
    try {
      json = JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw damaged(file, e);
    }
    if (!(json instanceof ObjectNode object)
        || object.path("checksum").longValue() != checksum(object.without("checksum"))) {
      throw damaged(file, new IllegalArgumentException("its checksum is wrong"));
    }
    return Optional.of(of(file, object));
  }

  /**
   * The same of a folder that must have one.
   *
   * @throws InvalidInputException if it has none, too
   */
  static StoreState require(Path folder) throws IOException {
    return read(folder)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    folder
                        + ": has no "
                        + FILE
                        + "; resume its run, and the file is made anew from the segments"));
  }

  private static StoreState of(Path file, JsonNode json) {
    if (json.path("format").asInt() != FORMAT) {
      throw new InvalidInputException(
          file
              + ": format = "
              + json.path("format")
              + ": this version reads format "
              + FORMAT
              + "; open it with the version that wrote it");
    }
    Map<Provenance, JobKey> kept = new EnumMap<>(Provenance.class);
    for (Provenance side : Provenance.values()) {
      JsonNode first = json.path("first-kept").path(side.name());
      if (first.isArray()) {
        kept.put(
            side,
            new JobKey(side, first.path(0).asInt(), first.path(1).asInt(), first.path(2).asInt()));
      }
    }
    return new StoreState(
        new StoreIdentity(
            json.path("campaign").asText(),
            json.path("state-size").asInt(),
            json.path("action-size").asInt()),
        json.path("epoch").asLong(),
        kept);
  }

  private static InvalidInputException damaged(Path file, Exception cause) {
    return new InvalidInputException(
        file
            + ": is damaged ("
            + cause.getMessage()
            + "); move it away, and it is rebuilt from the segment files beside it",
        cause);
  }

  private static long checksum(ObjectNode json) {
    CRC32C crc = new CRC32C();
    crc.update(json.toString().getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
