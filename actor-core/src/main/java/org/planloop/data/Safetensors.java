package org.planloop.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.planloop.data.StoredTensor.DType;

/**
 * Named tensors and texts in the safetensors format, as Python's {@code safetensors} reads and
 * writes it: the header's length (8 bytes, little-endian), a JSON header, the values.
 *
 * <p>The same content always gives the same bytes: tensors lie by type (widest first, so that each
 * is aligned) and name, texts by key, and nothing else is in the file. What is read is checked
 * before anything is allocated for it: types, shapes, and that the tensors cover the file without
 * holes or overlaps.
 */
public final class Safetensors {
  private static final String METADATA = "__metadata__";
  private static final int LENGTH_BYTES = 8;
  private static final int ALIGNMENT = 8;

  /** The reference implementation's limit. */
  private static final int MAX_HEADER = 100_000_000;

  private static final JsonMapper JSON = UntrustedJson.mapper().build();

  private final Map<String, String> metadata;
  private final Map<String, StoredTensor> tensors;

  /**
   * @param metadata texts by key
   * @param tensors with different names
   */
  public Safetensors(Map<String, String> metadata, Collection<StoredTensor> tensors) {
    this.metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    Map<String, StoredTensor> byName = new TreeMap<>();
    for (StoredTensor tensor : tensors) {
      if (tensor.name().equals(METADATA) || byName.put(tensor.name(), tensor) != null) {
        throw new IllegalArgumentException("tensor name " + tensor.name() + " is taken");
      }
    }
    this.tensors = Collections.unmodifiableMap(byName);
  }

  /** Texts by key. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Tensors by name. */
  public Map<String, StoredTensor> tensors() {
    return tensors;
  }

  /**
   * @throws InvalidInputException if there is no tensor of that name
   */
  public StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new InvalidInputException(
          "tensor " + name + " is missing; there are " + Excerpt.of(tensors.keySet().toString()));
    }
    return tensor;
  }

  /** The whole file. */
  public byte[] toBytes() {
    List<StoredTensor> order = new ArrayList<>(tensors.values());
    order.sort(Comparator.comparing(StoredTensor::type).thenComparing(StoredTensor::name));
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode texts = header.putObject(METADATA);
      metadata.forEach(texts::put);
    }
    long offset = 0;
    for (StoredTensor tensor : order) {
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      ArrayNode shape = entry.putArray("shape");
      Arrays.stream(tensor.shape()).forEach(shape::add);
      long end = offset + tensor.length();
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer file =
        ByteBuffer.allocate(Math.toIntExact(LENGTH_BYTES + padded + offset))
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put(json);
    while (file.position() < LENGTH_BYTES + padded) {
      file.put((byte) ' ');
    }
    order.forEach(tensor -> tensor.put(file));
    return file.array();
  }

  /**
   * Reads a whole file.
   *
   * @param source the file's name, for messages
   * @param bytes given away: the tensors look into them
   * @throws InvalidInputException if they are not a complete safetensors file, or hold a type other
   *     than F64, I64, F32 and I32
   */
  public static Safetensors parse(String source, byte[] bytes) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < LENGTH_BYTES) {
      throw bad(source, "is " + bytes.length + " bytes long; it was cut short");
    }
    long length = file.getLong();
    if (length < 2 || length > MAX_HEADER || length > file.remaining()) {
      throw bad(
          source,
          "states a header of "
              + length
              + " bytes, "
              + file.remaining()
              + " follow; it was cut short or is no safetensors file");
    }
    JsonNode header;
    try {
      header = JSON.readTree(bytes, LENGTH_BYTES, (int) length);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          source + ": its header is no JSON: " + Excerpt.of(e.getOriginalMessage()), e);
    } catch (java.io.IOException e) {
      throw new InvalidInputException(source + ": its header is no JSON: " + e.getMessage(), e);
    }
    if (!header.isObject()) {
      throw bad(source, "its header is no JSON object");
    }
    file.position(LENGTH_BYTES + (int) length);
    ByteBuffer values = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    List<StoredTensor> tensors = new ArrayList<>();
    List<long[]> extents = new ArrayList<>();
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals(METADATA)) {
        readMetadata(source, entry.getValue(), metadata);
      } else {
        tensors.add(readTensor(source, entry.getKey(), entry.getValue(), values, extents));
      }
    }
    requireCovered(source, extents, values.remaining());
    return new Safetensors(metadata, tensors);
  }

  private static void readMetadata(String source, JsonNode node, Map<String, String> metadata) {
    if (!node.isObject()) {
      throw bad(source, METADATA + " is no JSON object");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isTextual()) {
        throw bad(source, METADATA + "." + entry.getKey() + " is no text");
      }
      metadata.put(entry.getKey(), entry.getValue().textValue());
    }
  }

  private static StoredTensor readTensor(
      String source, String name, JsonNode node, ByteBuffer values, List<long[]> extents) {
    DType type = readType(source, name, node.path("dtype").asText());
    long[] shape = readLongs(source, name, "shape", node.path("shape"));
    long[] extent = readLongs(source, name, "data_offsets", node.path("data_offsets"));
    if (extent.length != 2
        || extent[0] < 0
        || extent[0] > extent[1]
        || extent[1] > values.remaining()) {
      throw bad(
          source,
          "tensor "
              + name
              + " lies at "
              + Arrays.toString(extent)
              + ", the file holds "
              + values.remaining()
              + " bytes of values; it was cut short or is corrupt");
    }
    extents.add(extent);
    ByteBuffer bytes = values.slice((int) extent[0], (int) (extent[1] - extent[0]));
    try {
      return new StoredTensor(name, type, shape, bytes);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          source + ": " + Excerpt.of(String.valueOf(e.getMessage())), e);
    }
  }

  private static DType readType(String source, String name, String text) {
    for (DType type : DType.values()) {
      if (type.name().equals(text)) {
        return type;
      }
    }
    throw bad(
        source,
        "tensor "
            + name
            + " is of type '"
            + text
            + "', but must be one of "
            + Arrays.toString(DType.values()));
  }

  private static long[] readLongs(String source, String name, String key, JsonNode node) {
    if (!node.isArray()) {
      throw bad(source, "tensor " + name + " has no " + key);
    }
    long[] numbers = new long[node.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode number = node.get(i);
      if (!number.isIntegralNumber() || !number.canConvertToLong()) {
        throw bad(source, "tensor " + name + " has " + key + " " + node);
      }
      numbers[i] = number.longValue();
    }
    return numbers;
  }

  private static void requireCovered(String source, List<long[]> extents, long size) {
    extents.sort(Comparator.comparingLong((long[] e) -> e[0]).thenComparingLong(e -> e[1]));
    long end = 0;
    for (long[] extent : extents) {
      if (extent[0] != end) {
        throw bad(source, "its tensors overlap or leave a hole at byte " + end + " of the values");
      }
      end = extent[1];
    }
    if (end != size) {
      throw bad(source, "its tensors end at byte " + end + " of " + size + " bytes of values");
    }
  }

  private static InvalidInputException bad(String source, String what) {
    return new InvalidInputException(
        source + ": " + Excerpt.of(what) + "; use a file that was written completely");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Safetensors that
        && metadata.equals(that.metadata)
        && tensors.equals(that.tensors);
  }

  @Override
  public int hashCode() {
    return metadata.hashCode() * 31 + tensors.hashCode();
  }

  @Override
  public String toString() {
    return "Safetensors" + tensors.values();
  }
}
