package org.planloop.deploy.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.CampaignSettings;
import org.planloop.campaign.EvaluationSettings;
import org.planloop.data.InvalidInputException;
import org.planloop.diagnostics.DiagnosticsSettings;
import org.planloop.dynamics.DynamicsSettings;
import org.planloop.fitting.TrainerSettings;
import org.planloop.planning.PlannerSettings;
import org.planloop.policy.ExpertSettings;
import org.planloop.preflight.PreflightSettings;
import org.planloop.replay.ReplaySettings;
import org.planloop.rollout.RolloutSettings;
import org.planloop.torch.Device;

/**
 * A section of the configuration and the record of settings that it fills: component {@code
 * learningRate} under key {@code learning-rate}. A component {@code maxWallSeconds} is a duration
 * under key {@code max-wall}. A component that is a record of settings is a section in the section.
 * A component that is a map is an open section, filled by the caller. The record's own constructor
 * checks the values.
 *
 * @param name of the section
 * @param type of the record
 */
record Section<R extends Record>(String name, Class<R> type) {
  static final Section<ExpertSettings> EXPERT = new Section<>("expert", ExpertSettings.class);
  static final Section<DynamicsSettings> DYNAMICS =
      new Section<>("dynamics", DynamicsSettings.class);
  static final Section<PlannerSettings> PLANNER = new Section<>("planner", PlannerSettings.class);
  static final Section<TrainerSettings> TRAINER = new Section<>("trainer", TrainerSettings.class);
  static final Section<CampaignSettings> CAMPAIGN =
      new Section<>("campaign", CampaignSettings.class);
  static final Section<EvaluationSettings> EVALUATION =
      new Section<>("evaluation", EvaluationSettings.class);
  static final Section<RolloutSettings> ROLLOUT = new Section<>("rollout", RolloutSettings.class);
  static final Section<PreflightSettings> PREFLIGHT =
      new Section<>("preflight", PreflightSettings.class);
  static final Section<ReplaySettings> REPLAY = new Section<>("replay", ReplaySettings.class);
  static final Section<DiagnosticsSettings> DIAGNOSTICS =
      new Section<>("diagnostics", DiagnosticsSettings.class);

  /** Every closed section, in the order they are written. */
  static final List<Section<?>> ALL =
      List.of(
          EXPERT,
          DYNAMICS,
          PLANNER,
          TRAINER,
          CAMPAIGN,
          EVALUATION,
          ROLLOUT,
          PREFLIGHT,
          REPLAY,
          DIAGNOSTICS);

  /** Paths of this section's plain keys, for example {@code trainer.learning-rate}. */
  List<String> paths() {
    List<String> result = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getType().isRecord()) {
        result.addAll(inner(component).paths());
      } else if (component.getType() != Map.class) {
        result.add(path(component));
      }
    }
    return result;
  }

  private Section<?> inner(RecordComponent component) {
    return new Section<>(path(component), component.getType().asSubclass(Record.class));
  }

  private String path(RecordComponent component) {
    String key = component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2");
    key = key.toLowerCase(Locale.ROOT);
    return name + "." + (isDuration(component) ? key.substring(0, key.lastIndexOf('-')) : key);
  }

  private static boolean isDuration(RecordComponent component) {
    return component.getName().endsWith("Seconds") && component.getType() == double.class;
  }

  /**
   * Reads the section.
   *
   * @param config resolved, defaults included
   * @param options what fills a component that is a map
   * @throws InvalidInputException if a value has the wrong type or breaks a rule
   */
  R read(Config config, Map<String, Object> options) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] =
          types[i].isRecord()
              ? inner(components[i]).read(config, options)
              : types[i] == Map.class ? options : value(config, components[i]);
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidInputException invalid) {
        throw located(config, invalid);
      }
      throw new IllegalStateException("reading section " + name, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("reading section " + name, e);
    }
  }

  /** Puts the place where the key was set in front of a settings record's own message. */
  static InvalidInputException located(Config config, InvalidInputException error) {
    String message = String.valueOf(error.getMessage());
    int end = message.indexOf(" = ");
    String path = end < 0 ? "" : message.substring(0, end);
    boolean known = path.matches("[a-z0-9-]+(\\.[A-Za-z0-9_-]+)*") && config.hasPathOrNull(path);
    return known
        ? new InvalidInputException(Values.where(find(config, path).origin()) + message)
        : error;
  }

  private Object value(Config config, RecordComponent component) {
    String path = path(component);
    ConfigValue value = find(config, path);
    Class<?> wanted = component.getType();
    if (wanted == int.class) {
      return (int) Values.whole(path, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (wanted == long.class) {
      return Values.whole(path, value, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (wanted == double.class) {
      boolean duration = isDuration(component);
      if (Values.isNone(value) && Defaults.isNone(path)) {
        return duration ? Double.POSITIVE_INFINITY : Double.NaN;
      }
      return duration ? Values.seconds(path, value) : Values.number(path, value);
    }
    if (wanted == boolean.class) {
      return Values.flag(path, value);
    }
    if (wanted == String.class) {
      return Values.text(path, value);
    }
    if (wanted == Device.class) {
      return Values.device(path, value);
    }
    if (wanted.isEnum()) {
      return constant(path, value, wanted);
    }
    if (wanted == List.class && element(component) == Integer.class) {
      return Values.wholes(path, value);
    }
    if (wanted == List.class && element(component) == String.class) {
      return Values.texts(path, value);
    }
    throw new IllegalStateException(
        "a setting cannot be a " + component.getGenericType() + ": " + path);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Object constant(String path, ConfigValue value, Class<?> type) {
    return Values.constant(path, value, (Class) type);
  }

  private static Type element(RecordComponent component) {
    return ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
  }

  /** The value at a path, which every key has: a default at least. */
  static ConfigValue find(Config config, String path) {
    ConfigValue found = config.root();
    for (String part : path.split("\\.")) {
      ConfigValue next =
          found instanceof com.typesafe.config.ConfigObject object ? object.get(part) : null;
      if (next == null) {
        throw new IllegalStateException(path + " has no default in " + Defaults.RESOURCE);
      }
      found = next;
    }
    return found;
  }

  /**
   * The section's values as HOCON by path, the reverse of {@link #read}; open sections left out.
   */
  Map<String, String> write(Record settings) {
    Map<String, String> result = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getType() != Map.class) {
        Object value;
        try {
          value = component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException("writing section " + name, e);
        }
        if (value instanceof Record settingsOfInner) {
          result.putAll(inner(component).write(settingsOfInner));
          continue;
        }
        boolean finiteDuration =
            isDuration(component)
                && Double.isFinite((Double) java.util.Objects.requireNonNull(value));
        result.put(path(component), Values.render(value) + (finiteDuration ? " s" : ""));
      }
    }
    return result;
  }
}
