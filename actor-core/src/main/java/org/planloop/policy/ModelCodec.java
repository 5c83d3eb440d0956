package org.planloop.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.planloop.data.NamedTensor;
import org.planloop.data.Safetensors;
import org.planloop.data.StoredTensor;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.ModelParameters;

/** The model's part of a policy: a JSON object and tensors. */
final class ModelCodec {
  private ModelCodec() {}

  static ObjectNode write(ModelParameters model, List<StoredTensor> tensors) {
    ObjectNode json = JsonObject.create();
    if (model instanceof ModelParameters.Truth) {
      json.put("kind", "truth");
    } else if (model instanceof ModelParameters.Tabular tabular) {
      json.put("kind", "tabular");
      int states = tabular.states();
      tensors.add(
          StoredTensor.of(
              "probabilities", tabular.probabilities(), states, tabular.actions(), states));
    } else if (model instanceof ModelParameters.Linear linear) {
      json.put("kind", "linear");
      int states = linear.stateSize();
      tensors.add(StoredTensor.of("state_matrix", linear.stateMatrix(), states, states));
      tensors.add(
          StoredTensor.of("action_matrix", linear.actionMatrix(), states, linear.actionSize()));
    } else if (model instanceof ModelParameters.TimeVaryingLinear varying) {
      json.put("kind", "time-varying-linear");
      json.put("step-index", varying.stepIndex());
      int states = varying.stateSize();
      int steps = varying.steps();
      tensors.add(
          StoredTensor.of("state_matrices", varying.stateMatrices(), steps, states, states));
      tensors.add(
          StoredTensor.of(
              "action_matrices", varying.actionMatrices(), steps, states, varying.actionSize()));
    } else if (model instanceof ModelParameters.Ensemble ensemble) {
      json.put("kind", "ensemble");
      json.set("architecture", JsonObject.ofRecord(ensemble.architecture()));
      ArrayNode names = json.putArray("tensors");
      for (NamedTensor tensor : ensemble.tensors()) {
        names.add(tensor.name());
        tensors.add(StoredTensor.of(tensor));
      }
    } else {
      throw new IllegalArgumentException("no codec for " + model.getClass().getName());
    }
    return json;
  }

  static ModelParameters read(JsonObject json, Safetensors tensors) {
    String kind = json.text("kind");
    return switch (kind) {
      case "truth" -> new ModelParameters.Truth();
      case "tabular" -> readTabular(tensors.tensor("probabilities"));
      case "linear" -> readLinear(tensors.tensor("state_matrix"), tensors.tensor("action_matrix"));
      case "time-varying-linear" ->
          readTimeVarying(
              json.integer("step-index"),
              tensors.tensor("state_matrices"),
              tensors.tensor("action_matrices"));
      case "ensemble" -> readEnsemble(json, tensors);
      default ->
          throw json.bad("model kind = " + kind + ": this version knows no such model", null);
    };
  }

  private static ModelParameters readTabular(StoredTensor probabilities) {
    long[] shape = JsonObject.shape(probabilities, 3);
    return new ModelParameters.Tabular((int) shape[0], (int) shape[1], probabilities.doubles());
  }

  private static ModelParameters readLinear(StoredTensor stateMatrix, StoredTensor actionMatrix) {
    long[] shape = JsonObject.shape(actionMatrix, 2);
    return new ModelParameters.Linear(
        (int) shape[0], (int) shape[1], stateMatrix.doubles(), actionMatrix.doubles());
  }

  private static ModelParameters readTimeVarying(
      int stepIndex, StoredTensor stateMatrices, StoredTensor actionMatrices) {
    long[] shape = JsonObject.shape(actionMatrices, 3);
    return new ModelParameters.TimeVaryingLinear(
        (int) shape[1],
        (int) shape[2],
        stepIndex,
        stateMatrices.doubles(),
        actionMatrices.doubles());
  }

  private static ModelParameters readEnsemble(JsonObject json, Safetensors tensors) {
    List<NamedTensor> named = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonNode name : json.array("tensors")) {
      // Each reading of a tensor copies it: a name that stood there often would multiply the file.
      if (!names.add(name.asText())) {
        throw json.bad("tensor " + name.asText() + " is named twice", null);
      }
      named.add(tensors.tensor(name.asText()).floats());
    }
    return new ModelParameters.Ensemble(
        json.object("architecture").toRecord(EnsembleArchitecture.class), named);
  }
}
