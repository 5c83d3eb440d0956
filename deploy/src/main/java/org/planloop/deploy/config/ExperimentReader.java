package org.planloop.deploy.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.planloop.campaign.CampaignSettings.FirstPolicy;
import org.planloop.campaign.Strategy;
import org.planloop.data.InvalidInputException;
import org.planloop.policy.ExpertSettings;

/**
 * Reads an experiment: defaults, overlaid with the file, with what the file says for the chosen
 * strategy ({@code per-strategy.mixed { ... }}), with the {@code --set} settings. Every key is
 * known, every value has its type and keeps its rule, or reading fails with one line that names
 * place, key, value and rule.
 */
public final class ExperimentReader {
  private static final String PER_STRATEGY = "per-strategy";
  private static final String AUTO = "auto";

  private final Parts parts;

  /**
   * @param parts the environments and experts that may be named
   */
  public ExperimentReader(Parts parts) {
    this.parts = parts;
  }

  /**
   * What the command line lays over an experiment file.
   *
   * @param settings {@code key=value} texts, later ones win
   * @param seed overrides {@code seed}
   * @param strategy overrides {@code strategy}
   */
  public record Overrides(List<String> settings, OptionalLong seed, Optional<Strategy> strategy) {
    /** Nothing is overridden. */
    public static final Overrides NONE =
        new Overrides(List.of(), OptionalLong.empty(), Optional.empty());

    public Overrides {
      settings = List.copyOf(settings);
    }
  }

  /**
   * Reads an experiment.
   *
   * @param nameOrFile a bundled name, or the path of a HOCON file
   * @throws InvalidInputException if anything about it is wrong
   */
  public Experiment read(String nameOrFile, Overrides overrides) {
    return resolve(Experiments.parse(nameOrFile), Experiments.nameOf(nameOrFile), overrides);
  }

  /** Reads an experiment from text, for example a rendered one. */
  public Experiment readText(String text, String name) {
    Config parsed = Experiments.parsing(name, () -> ConfigFactory.parseString(text));
    return resolve(parsed, name, Overrides.NONE);
  }

  private Experiment resolve(Config file, String name, Overrides overrides) {
    Config sets = settings(overrides);
    Config plain = file.withoutPath(PER_STRATEGY);
    Strategy strategy = strategy(sets.withFallback(plain));
    Config given = sets.withFallback(overlay(file, strategy)).withFallback(plain);
    Config merged =
        Experiments.parsing(name, () -> given.withFallback(Defaults.config()).resolve());
    Keys keys = new Keys(parts, environmentName(merged), expertKind(merged), simulatorName(merged));
    keys.check(plain.root());
    keys.check(overlay(file, strategy).root());
    keys.check(sets.root());
    return build(merged, keys, name, strategy);
  }

  private Experiment build(Config merged, Keys keys, String name, Strategy strategy) {
    String given = Values.text("name", Section.find(merged, "name"));
    Map<String, Object> expertOptions =
        open(merged, Defaults.EXPERT_OPTIONS, keys.expertDefaults());
    ExpertSettings expert = Section.EXPERT.read(merged, expertOptions);
    Config decided =
        merged.withValue("campaign.first-policy", firstPolicy(merged, strategy, expert));
    try {
      Experiment experiment =
          new Experiment(
              given.equals(AUTO) ? name : given,
              Values.whole("seed", Section.find(merged, "seed"), Long.MIN_VALUE, Long.MAX_VALUE),
              strategy,
              fraction(merged, strategy),
              Values.number("discount", Section.find(merged, "discount")),
              new EnvironmentSettings(
                  environmentName(merged),
                  open(merged, Defaults.ENVIRONMENT, keys.environmentDefaults())),
              expert,
              Section.DYNAMICS.read(decided, Map.of()),
              Section.PLANNER.read(decided, Map.of()),
              Section.TRAINER.read(decided, Map.of()),
              Section.CAMPAIGN.read(decided, Map.of()),
              Section.EVALUATION.read(decided, Map.of()),
              Section.ROLLOUT.read(decided, Map.of()),
              Section.PREFLIGHT.read(
                  decided, open(merged, Defaults.PREFLIGHT_OPTIONS, keys.simulatorDefaults())),
              Section.REPLAY.read(decided, Map.of()),
              Section.DIAGNOSTICS.read(decided, Map.of()));
      parts.check(experiment);
      return experiment;
    } catch (InvalidInputException e) {
      throw String.valueOf(e.getMessage()).contains(", line ") ? e : Section.located(merged, e);
    }
  }

  private static Config settings(Overrides overrides) {
    Config result = ConfigFactory.empty();
    for (String setting : overrides.settings()) {
      result = setting(setting).withFallback(result);
    }
    if (overrides.seed().isPresent()) {
      result = result.withValue("seed", value(overrides.seed().getAsLong(), "--seed"));
    }
    if (overrides.strategy().isPresent()) {
      String word = overrides.strategy().get().name();
      result = result.withValue("strategy", value(word, "--strategy"));
    }
    return result;
  }

  private static ConfigValue value(Object value, String origin) {
    return ConfigValueFactory.fromAnyRef(value, origin);
  }

  /** Reads one {@code key=value}: lists, maps and quoted texts as HOCON, all else as it stands. */
  private static Config setting(String setting) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new InvalidInputException(
          "--set " + setting + ": must be key=value, for example planner.horizon=25");
    }
    String key = setting.substring(0, equals).strip();
    String text = setting.substring(equals + 1).strip();
    String origin = "--set " + key;
    List<String> path;
    try {
      path = ConfigUtil.splitPath(key);
    } catch (ConfigException e) {
      throw new InvalidInputException("--set " + setting + ": " + key + " is not a key", e);
    }
    if (text.isEmpty()) {
      return value("", origin).atPath(ConfigUtil.joinPath(path));
    }
    if ("[{\"".indexOf(text.charAt(0)) >= 0) {
      try {
        return ConfigFactory.parseString("value = " + text)
            .resolve()
            .getValue("value")
            .atPath(ConfigUtil.joinPath(path));
      } catch (ConfigException e) {
        throw new InvalidInputException(
            "--set "
                + setting
                + ": HOCON syntax: "
                + String.valueOf(e.getMessage()).replaceAll("^String: \\d+: |\\s+(?=\\s)", ""),
            e);
      }
    }
    return value(text, origin).atPath(ConfigUtil.joinPath(path));
  }

  private static Strategy strategy(Config given) {
    Config merged = given.withFallback(Defaults.config());
    return Values.constant("strategy", Section.find(merged, "strategy"), Strategy.class);
  }

  /** What the file says for this strategy alone. */
  private static Config overlay(Config file, Strategy strategy) {
    if (!file.hasPathOrNull(PER_STRATEGY)) {
      return ConfigFactory.empty();
    }
    ConfigValue section = file.root().get(PER_STRATEGY);
    if (!(section instanceof ConfigObject overlays)) {
      throw Values.wrong(
          PER_STRATEGY, java.util.Objects.requireNonNull(section), "must be a section");
    }
    Config result = ConfigFactory.empty();
    for (Map.Entry<String, ConfigValue> entry : overlays.entrySet()) {
      String path = PER_STRATEGY + "." + entry.getKey();
      ConfigValue word = ConfigValueFactory.fromAnyRef(entry.getKey());
      Strategy named = Values.constant(path, word, Strategy.class);
      if (!(entry.getValue() instanceof ConfigObject overlay)) {
        throw Values.wrong(path, entry.getValue(), "must be a section");
      }
      if (named == strategy) {
        result = overlay.toConfig();
      }
    }
    return result;
  }

  private static String environmentName(Config merged) {
    return Values.text("environment.name", leaf(merged, "environment", "environment.name"));
  }

  private static String expertKind(Config merged) {
    return Values.text("expert.kind", leaf(merged, "expert", "expert.kind"));
  }

  private static String simulatorName(Config merged) {
    return Values.text("preflight.environment", leaf(merged, "preflight", "preflight.environment"));
  }

  private static ConfigValue leaf(Config merged, String section, String path) {
    ConfigValue value = java.util.Objects.requireNonNull(merged.root().get(section));
    if (value.valueType() != ConfigValueType.OBJECT) {
      throw Values.wrong(section, value, "is a section; write " + path + " = ...");
    }
    return Section.find(merged, path);
  }

  private static Map<String, Object> open(
      Config merged, String section, Map<String, Object> defaults) {
    Map<String, Object> result = new TreeMap<>(defaults);
    ConfigObject given = (ConfigObject) Section.find(merged, section);
    for (Map.Entry<String, Object> entry : defaults.entrySet()) {
      ConfigValue value = given.get(entry.getKey());
      if (value != null) {
        String path = section + "." + entry.getKey();
        result.put(entry.getKey(), Values.like(path, value, entry.getValue()));
      }
    }
    return result;
  }

  /** {@code auto} decided: a model of the expert's data where there is data that is used. */
  private static ConfigValue firstPolicy(Config merged, Strategy strategy, ExpertSettings expert) {
    String path = "campaign.first-policy";
    ConfigValue value = Section.find(merged, path);
    if (!isAuto(value)) {
      return value;
    }
    boolean fromExpert =
        strategy != Strategy.LEARNER_ONLY && expert.present() && !expert.eachIteration();
    FirstPolicy decided = fromExpert ? FirstPolicy.EXPERT_MODEL : FirstPolicy.RANDOM;
    return ConfigValueFactory.fromAnyRef(Values.word(decided), AUTO);
  }

  private static double fraction(Config merged, Strategy strategy) {
    String path = "expert-fraction";
    ConfigValue value = Section.find(merged, path);
    boolean stated = !isAuto(value) && !Values.isNone(value);
    if (strategy != Strategy.MIXED) {
      if (stated) {
        throw Values.wrong(
            path,
            value,
            "goes only with strategy = MIXED, and strategy = " + strategy + "; remove one of them");
      }
      return strategy.expertFraction(Double.NaN);
    }
    return stated ? Values.number(path, value) : 0.5;
  }

  private static boolean isAuto(ConfigValue value) {
    return value.unwrapped() instanceof String text && text.toLowerCase(Locale.ROOT).equals(AUTO);
  }

  /**
   * The strategies named in a comma-separated list, in its order.
   *
   * @param option what the list was given with, for messages
   */
  public static List<Strategy> strategies(String option, String list) {
    List<Strategy> result = new ArrayList<>();
    Arrays.stream(list.split(","))
        .filter(word -> !word.isBlank())
        .map(word -> ConfigValueFactory.fromAnyRef(word.strip()))
        .map(word -> Values.constant(option, word, Strategy.class))
        .filter(strategy -> !result.contains(strategy))
        .forEach(result::add);
    return result;
  }
}
