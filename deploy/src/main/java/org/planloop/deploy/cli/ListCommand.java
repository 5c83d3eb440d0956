package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.planloop.deploy.config.Experiments;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.report.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code planloop list}: what can be named. */
@Command(
    name = "list",
    description = "List experiments, and the environments and experts that a file can name.")
final class ListCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  ListCommand(Context context) {
    this.console = context.console();
  }

  @Override
  public Integer call() {
    Parts parts = classPath.parts();
    if (console.isJson()) {
      console.answer(json(parts));
      return Main.DONE;
    }
    console.say("Experiments (planloop train NAME):");
    Experiments.bundled().forEach(name -> entry(name, Experiments.summary(name)));
    console.say("");
    console.say("Environments (environment.name), with their keys and defaults:");
    parts
        .environments()
        .factories()
        .forEach((name, factory) -> entry(name, factory.summary(), factory.defaults()));
    console.say("");
    console.say("Experts (expert.kind), with their keys under expert.options:");
    parts
        .experts()
        .factories()
        .forEach((name, factory) -> entry(name, factory.summary(), factory.defaults()));
    entry("recorded", "transitions from the file expert.file");
    entry("none", "no expert data");
    return Main.DONE;
  }

  private void entry(String name, String summary) {
    console.say(String.format("  %-30s %s", name, summary));
  }

  private void entry(String name, String summary, Map<String, Object> defaults) {
    entry(name, summary);
    if (!defaults.isEmpty()) {
      String keys =
          new TreeMap<>(defaults)
              .entrySet().stream()
                  .map(key -> key.getKey() + " = " + key.getValue())
                  .collect(Collectors.joining(", "));
      entry("", keys);
    }
  }

  private static ObjectNode json(Parts parts) {
    ObjectNode object = Json.object();
    ArrayNode experiments = object.putArray("experiments");
    for (String name : Experiments.bundled()) {
      experiments.add(named(name, Experiments.summary(name), Map.of()));
    }
    ArrayNode environments = object.putArray("environments");
    parts
        .environments()
        .factories()
        .forEach((name, f) -> environments.add(named(name, f.summary(), f.defaults())));
    ArrayNode experts = object.putArray("experts");
    parts
        .experts()
        .factories()
        .forEach((name, f) -> experts.add(named(name, f.summary(), f.defaults())));
    return object;
  }

  private static ObjectNode named(String name, String summary, Map<String, Object> defaults) {
    ObjectNode object = Json.object();
    object.put("name", name);
    object.put("summary", summary);
    ObjectNode keys = object.putObject("defaults");
    new TreeMap<>(defaults).forEach((key, value) -> keys.set(key, Json.of(value)));
    return object;
  }
}
