package org.planloop.deploy.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;

/** {@code reference.conf}: every key, its default and, as comments, its meaning. */
final class Defaults {
  static final String RESOURCE = "org/planloop/deploy/config/reference.conf";

  /** Sections whose further keys come from an environment's or the expert's own defaults. */
  static final String ENVIRONMENT = "environment";

  static final String EXPERT_OPTIONS = "expert.options";

  static final String PREFLIGHT_OPTIONS = "preflight.options";

  private static final Config CONFIG =
      ConfigFactory.parseResources(
          Defaults.class.getClassLoader(),
          RESOURCE,
          ConfigParseOptions.defaults().setAllowMissing(false));

  private Defaults() {}

  static Config config() {
    return CONFIG;
  }

  /** Whether "none" is a value of this number. */
  static boolean isNone(String path) {
    return Values.isNone(Section.find(CONFIG, path));
  }

  /** Paths of all plain keys in the order of the file. */
  static List<String> paths() {
    List<String> result = new ArrayList<>(List.of("name", "seed", "strategy", "expert-fraction"));
    result.add("discount");
    result.add("environment.name");
    Section.ALL.forEach(section -> result.addAll(section.paths()));
    return result;
  }

  /** What the comment above a key or section says. */
  static String meaning(String path) {
    ConfigValue value = Section.find(CONFIG, path);
    return String.join(" ", value.origin().comments().stream().map(String::strip).toList());
  }

  /** The default as it is written in a configuration. */
  static String text(String path) {
    return Values.render(Section.find(CONFIG, path).unwrapped());
  }

  /** Whether the path names a section rather than a key. */
  static boolean isSection(String path) {
    return paths().stream().anyMatch(key -> key.startsWith(path + "."))
        || path.equals(EXPERT_OPTIONS)
        || path.equals(PREFLIGHT_OPTIONS);
  }

  /** Paths that reference.conf has, sections included; for the test that nothing is left over. */
  static List<String> leaves() {
    List<String> result = new ArrayList<>();
    collect("", CONFIG.root(), result);
    return result;
  }

  private static void collect(String prefix, ConfigObject object, List<String> result) {
    object.forEach(
        (key, value) -> {
          if (value instanceof ConfigObject inner) {
            collect(prefix + key + ".", inner, result);
          } else {
            result.add(prefix + key);
          }
        });
  }
}
