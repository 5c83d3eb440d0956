package org.planloop.deploy.objectstore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.planloop.data.InvalidInputException;

/**
 * What a checkpoint consists of. It is stored after everything that it names.
 *
 * @param format of manifests, {@link #FORMAT}
 * @param campaign the campaign's id, which its replay files bear
 * @param experiment its name
 * @param best iteration of the best policy so far, 0 while there is none
 * @param files of the run folder, or of a shard's
 * @param shards the manifests of the replay shards, by their numbers; none in a shard's own
 */
public record Manifest(
    int format,
    String campaign,
    String experiment,
    int best,
    List<StoredFile> files,
    List<Blob> shards) {
  static final int FORMAT = 1;

  /** Far above any campaign's. */
  static final int MAX_BYTES = 1 << 26;

  private static final long MAX_TOTAL = 1L << 50;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String CHECKSUM = "sha256";

  public Manifest {
    files = List.copyOf(files);
    shards = List.copyOf(shards);
    if (!campaign.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,120}")) {
      throw new IllegalArgumentException("no id of a campaign: " + campaign);
    }
    Set<String> paths = new HashSet<>();
    for (StoredFile file : files) {
      if (!paths.add(file.path())) {
        throw new IllegalArgumentException("a file that is named twice: " + file.path());
      }
    }
  }

  /** Bytes of all files, those of the shards not counted. */
  public long bytes() {
    return files.stream().mapToLong(StoredFile::size).reduce(0, Math::addExact);
  }

  byte[] toBytes() {
    try {
      ObjectNode tree = JSON.valueToTree(this);
      tree.put(CHECKSUM, checksum(tree));
      return JSON.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of all but the checksum itself. */
  private static String checksum(ObjectNode tree) {
    MessageDigest digest = Blob.digest();
    digest.update(tree.toString().getBytes(StandardCharsets.UTF_8));
    return Blob.hex(digest);
  }

  /**
   * @param key the object's, for messages
   * @throws InvalidInputException if it is damaged or of a newer format
   */
  static Manifest read(String key, byte[] bytes) {
    try {
      JsonNode tree = JSON.readTree(bytes);
      int format = tree.path("format").asInt();
      InvalidInputException.check(
          format == FORMAT,
          key + ": format",
          tree.path("format"),
          "this version reads format " + FORMAT + "; restore it with the version that wrote it");
      ObjectNode object = (ObjectNode) tree;
      JsonNode checksum = object.remove(CHECKSUM);
      if (checksum == null || !checksum.asText().equals(checksum(object))) {
        throw new IllegalArgumentException("its checksum is wrong");
      }
      Manifest manifest = JSON.treeToValue(object, Manifest.class);
      if (manifest.bytes() > MAX_TOTAL) {
        throw new IllegalArgumentException("its files have more bytes than any disk");
      }
      return manifest;
    } catch (InvalidInputException e) {
      throw e;
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new InvalidInputException(
          key
              + ": is damaged ("
              + why
              + "); restore another checkpoint with --checkpoint, or bring the object back from a"
              + " backup",
          e);
    }
  }
}
