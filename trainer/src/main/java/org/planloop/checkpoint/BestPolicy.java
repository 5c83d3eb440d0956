package org.planloop.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.planloop.campaign.Candidate;
import org.planloop.campaign.ReturnEstimate;
import org.planloop.campaign.Selection;
import org.planloop.data.InvalidInputException;
import org.planloop.policy.PolicySnapshot;
import org.planloop.storage.AtomicFolder;

/**
 * The folder {@code best/}: the chosen policy and selection.json, ready to be evaluated, exported
 * and acted with. Nothing in it depends on time, host, path or the number of workers.
 */
public final class BestPolicy {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private BestPolicy() {}

  /** Writes the folder as a whole or not at all. */
  public static void write(Path folder, PolicySnapshot best, Selection selection)
      throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>(RunStore.policyFiles(best));
    files.put("selection.json", JSON.writeValueAsBytes(json(selection)));
    AtomicFolder.write(folder, files);
  }

  /**
   * Reads the policy of {@code best/} or of any iteration's folder.
   *
   * @throws InvalidInputException if there is none
   */
  public static PolicySnapshot read(Path folder) {
    Optional<PolicySnapshot> snapshot = RunStore.readPolicy(folder);
    return snapshot.orElseThrow(
        () ->
            new InvalidInputException(
                folder
                    + " holds no policy.json; give a run folder that has finished, its best/, or one of its iterations/"));
  }

  private static ObjectNode json(Selection selection) {
    ObjectNode root = JSON.createObjectNode();
    root.put("schema", 1);
    root.put("iteration", selection.chosen());
    root.put("selected_by", selection.selectedBy().name().toLowerCase(Locale.ROOT));
    if (selection.confirmed().episodes() > 0) {
      root.set("confirmation", estimate(selection.confirmed()));
    } else {
      root.putNull("confirmation");
    }
    ArrayNode candidates = root.putArray("candidates");
    for (Candidate candidate : selection.candidates()) {
      ObjectNode entry = candidates.addObject();
      entry.put("iteration", candidate.version());
      entry.setAll(estimate(candidate.estimate()));
      ArrayNode returns = entry.putArray("returns");
      for (double value : candidate.returns()) {
        if (Double.isNaN(value)) {
          returns.addNull();
        } else {
          returns.add(value);
        }
      }
    }
    return root;
  }

  private static ObjectNode estimate(ReturnEstimate estimate) {
    ObjectNode node = JSON.createObjectNode();
    put(node, "return_mean", estimate.mean());
    put(node, "return_ci95", estimate.ci95());
    node.put("episodes", estimate.episodes());
    return node;
  }

  private static void put(ObjectNode node, String key, OptionalDouble value) {
    if (value.isPresent()) {
      node.put(key, value.getAsDouble());
    } else {
      node.putNull(key);
    }
  }
}
