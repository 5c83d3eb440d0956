package org.planloop.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.planloop.data.Checksum;
import org.planloop.data.Excerpt;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Safetensors;
import org.planloop.data.StoredTensor;
import org.planloop.planning.PlannerSettings;

/**
 * Turns policies into bytes and back, exactly to the bit: {@code policy.json} says what the policy
 * is, {@code model.safetensors} holds its numbers (doubles as F64, weights as F32). Broadcast, both
 * travel as one safetensors file with the JSON among its metadata.
 *
 * <p>The same policy always gives the same bytes. The JSON carries its schema's version and the
 * checksum of the tensors, so files of two policies are not mixed up and a flipped bit is noticed.
 */
public final class PolicyCodec {
  /** The name of the file with the description. */
  public static final String JSON_FILE = "policy.json";

  /** The name of the file with the numbers. */
  public static final String TENSOR_FILE = "model.safetensors";

  private static final int SCHEMA = 1;
  private static final String METADATA_KEY = "policy";

  private PolicyCodec() {}

  /**
   * The contents of a policy's two files.
   *
   * @param json {@value #JSON_FILE}
   * @param tensors {@value #TENSOR_FILE}
   */
  public record Files(byte[] json, byte[] tensors) {}

  /** The two files of a policy. */
  public static Files toFiles(PolicySnapshot snapshot) {
    List<StoredTensor> stored = new ArrayList<>();
    ObjectNode json = write(snapshot, stored);
    byte[] tensors = new Safetensors(Map.of(), stored).toBytes();
    json.put("checksum", Checksum.of(tensors));
    String text = json.toPrettyString() + "\n";
    return new Files(text.getBytes(StandardCharsets.UTF_8), tensors);
  }

  /**
   * @param source the folder's name, for messages
   * @throws InvalidInputException if the files are damaged, of different policies or of an unknown
   *     schema, naming the file
   */
  public static PolicySnapshot fromFiles(String source, Files files) {
    String jsonName = source + "/" + JSON_FILE;
    String tensorName = source + "/" + TENSOR_FILE;
    JsonObject json = parse(jsonName, files.json());
    if (!json.text("checksum").equals(Checksum.of(files.tensors()))) {
      throw new InvalidInputException(
          tensorName
              + ": its checksum is "
              + Checksum.of(files.tensors())
              + ", but "
              + JSON_FILE
              + " states "
              + json.text("checksum")
              + "; it is damaged or belongs to another policy, so copy both files once more");
    }
    return read(json, Safetensors.parse(tensorName, files.tensors()));
  }

  /** The policy as one array, for a broadcast. */
  public static byte[] toBytes(PolicySnapshot snapshot) {
    List<StoredTensor> stored = new ArrayList<>();
    String json = write(snapshot, stored).toString();
    return new Safetensors(Map.of(METADATA_KEY, json), stored).toBytes();
  }

  /**
   * The inverse of {@link #toBytes}.
   *
   * @param source where the bytes come from, for messages
   * @param bytes given away
   * @throws InvalidInputException if they are damaged or of an unknown schema
   */
  public static PolicySnapshot fromBytes(String source, byte[] bytes) {
    Safetensors file = Safetensors.parse(source, bytes);
    String json = file.metadata().get(METADATA_KEY);
    if (json == null) {
      throw new InvalidInputException(source + ": holds no policy, only tensors");
    }
    return read(parse(source, json.getBytes(StandardCharsets.UTF_8)), file);
  }

  private static ObjectNode write(PolicySnapshot snapshot, List<StoredTensor> tensors) {
    ObjectNode json = JsonObject.create();
    json.put("schema", SCHEMA);
    json.put("version", snapshot.version());
    writeDefinition(snapshot.definition(), json, tensors);
    return json;
  }

  private static void writeDefinition(
      PolicyDefinition definition, ObjectNode json, List<StoredTensor> tensors) {
    if (definition instanceof PolicyDefinition.RandomActions) {
      json.put("kind", "random");
    } else if (definition instanceof PolicyDefinition.Tabular tabular) {
      json.put("kind", "tabular");
      tensors.add(StoredTensor.of("actions", tabular.actions()));
    } else if (definition instanceof PolicyDefinition.Gridded gridded) {
      json.put("kind", "gridded");
      tensors.add(StoredTensor.of("low", gridded.low()));
      tensors.add(StoredTensor.of("high", gridded.high()));
      tensors.add(StoredTensor.of("nodes", gridded.nodes()));
      tensors.add(StoredTensor.of("actions", gridded.actions()));
    } else if (definition instanceof PolicyDefinition.LinearFeedback linear) {
      json.put("kind", "linear-feedback");
      tensors.add(StoredTensor.of("gain", linear.gain(), linear.actionSize(), linear.stateSize()));
    } else if (definition instanceof PolicyDefinition.TimeVaryingFeedback varying) {
      json.put("kind", "time-varying-feedback");
      json.put("hold", varying.hold());
      int actions = varying.actionSize();
      int states = varying.stateSize();
      int horizon = varying.gains().length / (actions * states);
      tensors.add(StoredTensor.of("gains", varying.gains(), horizon, actions, states));
    } else if (definition instanceof PolicyDefinition.Expert expert) {
      json.put("kind", "expert");
      json.put("expert", expert.kind());
      json.put("control-noise", JsonObject.finite("control-noise", expert.controlNoise()));
      json.set("options", OptionValues.write(expert.options()));
    } else if (definition instanceof PolicyDefinition.Planned planned) {
      json.put("kind", "planned");
      json.put("discount", JsonObject.finite("discount", planned.discount()));
      json.set("planner", JsonObject.ofRecord(planned.planner()));
      json.set("model", ModelCodec.write(planned.model(), tensors));
    } else {
      throw new IllegalArgumentException("no codec for " + definition.getClass().getName());
    }
  }

  private static JsonObject parse(String source, byte[] json) {
    JsonNode node;
    try {
      node = JsonObject.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          source + ": is no JSON: " + Excerpt.of(e.getOriginalMessage()), e);
    } catch (java.io.IOException e) {
      throw new InvalidInputException(source + ": is no JSON: " + e.getMessage(), e);
    }
    if (!node.isObject()) {
      throw new InvalidInputException(source + ": is no JSON object");
    }
    JsonObject object = new JsonObject(source, (ObjectNode) node);
    int schema = object.integer("schema");
    if (schema != SCHEMA) {
      throw new InvalidInputException(
          source
              + ": schema = "
              + schema
              + ": this version reads schema "
              + SCHEMA
              + "; read it with the version that wrote it");
    }
    return object;
  }

  private static PolicySnapshot read(JsonObject json, Safetensors tensors) {
    try {
      return new PolicySnapshot(json.integer("version"), readDefinition(json, tensors));
    } catch (InvalidInputException e) {
      throw json.named(e);
    } catch (IllegalArgumentException e) {
      throw json.bad(String.valueOf(e.getMessage()), e);
    }
  }

  private static PolicyDefinition readDefinition(JsonObject json, Safetensors tensors) {
    String kind = json.text("kind");
    return switch (kind) {
      case "random" -> new PolicyDefinition.RandomActions();
      case "tabular" -> new PolicyDefinition.Tabular(tensors.tensor("actions").ints());
      case "gridded" ->
          new PolicyDefinition.Gridded(
              tensors.tensor("low").doubles(),
              tensors.tensor("high").doubles(),
              tensors.tensor("nodes").ints(),
              tensors.tensor("actions").ints());
      case "linear-feedback" -> readLinearFeedback(tensors.tensor("gain"));
      case "time-varying-feedback" ->
          readTimeVarying(json.integer("hold"), tensors.tensor("gains"));
      case "expert" ->
          new PolicyDefinition.Expert(
              json.text("expert"),
              json.number("control-noise"),
              OptionValues.read(json.object("options")));
      case "planned" ->
          new PolicyDefinition.Planned(
              ModelCodec.read(json.object("model"), tensors),
              readPlanner(json.object("planner")),
              json.number("discount"));
      default -> throw json.bad("kind = " + kind + ": this version knows no such policy", null);
    };
  }

  /** A policy from before there was a penalty on disagreement plans without one. */
  private static PlannerSettings readPlanner(JsonObject json) {
    json.node().putIfAbsent("disagreement", DoubleNode.valueOf(0));
    return json.toRecord(PlannerSettings.class);
  }

  private static PolicyDefinition readLinearFeedback(StoredTensor gain) {
    long[] shape = JsonObject.shape(gain, 2);
    return new PolicyDefinition.LinearFeedback((int) shape[1], (int) shape[0], gain.doubles());
  }

  private static PolicyDefinition readTimeVarying(int hold, StoredTensor gains) {
    long[] shape = JsonObject.shape(gains, 3);
    return new PolicyDefinition.TimeVaryingFeedback(
        (int) shape[2], (int) shape[1], hold, gains.doubles());
  }
}
