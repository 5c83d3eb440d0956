package org.planloop.deploy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.deploy.node.Flights;
import org.planloop.deploy.node.HardwareWarnings;
import org.planloop.deploy.report.Json;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.StateSpace.Dimension;
import org.planloop.policy.Policy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop act}: state in, action out. */
@Command(
    name = "act",
    description = {
      "Ask a policy for actions. With a state on the command line: one action. Without: each line"
          + " of standard input is a state, [0.1, 0, ...] or {\"state\": [...]}, and is answered by"
          + " one line {\"action\": [...]}; a line {\"reset\": true} begins a new episode.",
      "Negative numbers go behind --: planloop act RUN -- -0.5 0.1"
    })
final class ActCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(
      index = "0",
      paramLabel = "RUN|POLICY",
      description = "A run's folder, or a policy's.")
  private @Nullable Path folder;

  @Parameters(index = "1..*", paramLabel = "STATE", description = "The state's numbers, in order.")
  private @Nullable List<Double> state;

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "Names the planner's random numbers (default ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--policy",
      defaultValue = "best",
      paramLabel = "WHICH",
      description = PolicyChoice.CHOICES + ". Default: ${DEFAULT-VALUE}.")
  private String which = "best";

  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  ActCommand(Context context) {
    this.context = context;
  }

  /** One episode under way. */
  private static final class Acting {
    private final Environment environment;
    private final Policy policy;
    private final long seed;
    private int episode;
    private Policy.Session session;

    Acting(Environment environment, Policy policy, long seed) {
      this.environment = environment;
      this.policy = policy;
      this.seed = seed;
      this.session = begin();
    }

    private Policy.Session begin() {
      RandomStream random = RandomStream.of(seed, Purpose.EVALUATE, 0, episode++, "policy");
      return policy.begin(new RandomStream[] {random});
    }

    void reset() {
      session = begin();
    }

    ObjectNode act(double[] state) {
      double[] action = new double[environment.actions().size()];
      session.act(new boolean[] {true}, state, action);
      environment.actions().clip(action, 0);
      ObjectNode object = Json.object();
      ArrayNode values = object.putArray("action");
      boolean index = environment.actions() instanceof ActionSpace.Discrete;
      for (double value : action) {
        values.add(index ? Json.of((int) value) : Json.of(value));
      }
      return object;
    }
  }

  @Override
  public Integer call() {
    PolicyChoice choice = PolicyChoice.of(Objects.requireNonNull(folder), which, classPath.parts());
    MemoryCheck.require(choice, 1, 1);
    Flights flights = new Flights(choice.experiment(), choice.parts());
    Environment environment = flights.environment();
    HardwareWarnings.of(choice.definition())
        .forEach(line -> context.console().warn("warning: " + line));
    try (Policy policy = flights.open(choice.definition())) {
      Acting acting = new Acting(environment, policy, seed);
      if (state != null) {
        double[] values = state.stream().mapToDouble(Double::doubleValue).toArray();
        ObjectNode answer = acting.act(checked("state", values, environment));
        if (context.console().isJson()) {
          context.console().answer(answer);
        } else {
          context.console().data(Json.line(answer));
        }
      } else if (context.console().isJson()) {
        throw new InvalidInputException(
            "--json: prints exactly one object, so it needs a state on the command line; without"
                + " it, every line of standard input is answered by one object");
      } else {
        answerLines(acting, environment);
      }
    }
    return Main.DONE;
  }

  private void answerLines(Acting acting, Environment environment) {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          answerLine(acting, environment, "line " + number, line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("standard input: " + e.getMessage(), e);
    }
  }

  private void answerLine(Acting acting, Environment environment, String where, String line) {
    JsonNode node;
    try {
      node = Json.read(line);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          where + ": is no JSON (" + e.getOriginalMessage().replaceAll("\\s+", " ") + ")", e);
    }
    if (node.path("reset").asBoolean(false)) {
      acting.reset();
      return;
    }
    JsonNode given = node.isArray() ? node : node.path("state");
    if (!given.isArray()) {
      throw new InvalidInputException(
          where + ": must be [numbers], {\"state\": [numbers]} or {\"reset\": true}");
    }
    double[] values = new double[given.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = given.get(i).isNumber() ? given.get(i).asDouble() : Double.NaN;
    }
    context.console().data(Json.line(acting.act(checked(where, values, environment))));
  }

  private static double[] checked(String where, double[] values, Environment environment) {
    List<String> names = environment.states().dimensions().stream().map(Dimension::name).toList();
    if (values.length != names.size()) {
      throw new InvalidInputException(
          where
              + ": has "
              + values.length
              + " numbers; a state of "
              + environment.name()
              + " has "
              + names.size()
              + ": "
              + String.join(", ", names));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new InvalidInputException(where + ": " + names.get(i) + " must be a finite number");
      }
    }
    return values;
  }
}
