package org.planloop.deploy.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.planloop.data.InvalidInputException;

/**
 * The keys that one experiment may have: the fixed ones and those of its environment, its expert
 * and its second simulator.
 */
final class Keys {
  private final Map<String, Object> environmentDefaults;
  private final Map<String, Object> expertDefaults;
  private final Map<String, Object> simulatorDefaults;
  private final List<String> paths;

  /**
   * @param environment name of the environment
   * @param expert kind of the expert
   * @param simulator name of the second simulator; empty for none
   * @throws InvalidInputException if there is no such environment, expert or simulator
   */
  Keys(Parts parts, String environment, String expert, String simulator) {
    environmentDefaults = parts.environmentDefaults("environment.name", environment);
    expertDefaults = parts.expertDefaults(expert);
    simulatorDefaults =
        simulator.isBlank()
            ? Map.of()
            : parts.environmentDefaults("preflight.environment", simulator);
    paths = new ArrayList<>(Defaults.paths());
    environmentDefaults.keySet().forEach(key -> paths.add(Defaults.ENVIRONMENT + "." + key));
    expertDefaults.keySet().forEach(key -> paths.add(Defaults.EXPERT_OPTIONS + "." + key));
    simulatorDefaults.keySet().forEach(key -> paths.add(Defaults.PREFLIGHT_OPTIONS + "." + key));
  }

  Map<String, Object> environmentDefaults() {
    return environmentDefaults;
  }

  Map<String, Object> expertDefaults() {
    return expertDefaults;
  }

  Map<String, Object> simulatorDefaults() {
    return simulatorDefaults;
  }

  /**
   * @throws InvalidInputException at the first key that is unknown, or a section where a value
   *     belongs and the other way round
   */
  void check(ConfigObject given) {
    check("", given);
  }

  private void check(String prefix, ConfigObject given) {
    for (Map.Entry<String, ConfigValue> entry : given.entrySet()) {
      String path = prefix + ConfigUtil.joinPath(entry.getKey());
      ConfigValue value = entry.getValue();
      boolean section =
          path.equals(Defaults.EXPERT_OPTIONS)
              || path.equals(Defaults.PREFLIGHT_OPTIONS)
              || paths.stream().anyMatch(known -> known.startsWith(path + "."));
      if (section) {
        if (!(value instanceof ConfigObject inner)) {
          String example =
              paths.stream().filter(p -> p.startsWith(path + ".")).findFirst().orElse("");
          throw Values.wrong(
              path,
              value,
              "is a section" + (example.isEmpty() ? "" : "; write " + example + " = ..."));
        }
        check(path + ".", inner);
      } else if (!paths.contains(path) || value instanceof ConfigObject) {
        throw unknown(path, value);
      }
    }
  }

  private InvalidInputException unknown(String path, ConfigValue value) {
    if (value instanceof ConfigObject inner && !inner.isEmpty()) {
      Map.Entry<String, ConfigValue> first = inner.entrySet().iterator().next();
      return unknown(path + "." + ConfigUtil.joinPath(first.getKey()), first.getValue());
    }
    return new InvalidInputException(
        Values.where(value.origin())
            + origin(value)
            + "unknown key "
            + path
            + Nearest.hint(path, paths));
  }

  private static String origin(ConfigValue value) {
    String description = value.origin().description();
    return description.startsWith("--") ? description.split(" ")[0] + ": " : "";
  }
}
