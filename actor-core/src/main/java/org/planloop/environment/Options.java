package org.planloop.environment;

import java.util.Map;
import java.util.TreeMap;
import org.planloop.data.InvalidInputException;

/**
 * The settings of an environment, expert or other found part: its defaults overlaid with what the
 * user gave. Keys and types are those of the defaults; the configuration reader refuses others.
 *
 * @param prefix what the keys stand under in the configuration, for messages: {@code environment}
 * @param values by key; numbers as {@link Number}, texts, booleans
 */
public record Options(String prefix, Map<String, Object> values) {
  public Options {
    values = Map.copyOf(new TreeMap<>(values));
  }

  /**
   * Defaults overlaid with what the user gave.
   *
   * @param owner whose settings they are, for messages
   * @throws InvalidInputException if a key is given that has no default, naming those that have
   */
  public static Options of(
      String prefix, String owner, Map<String, Object> defaults, Map<String, ?> given) {
    for (Map.Entry<String, ?> entry : given.entrySet()) {
      InvalidInputException.check(
          defaults.containsKey(entry.getKey()),
          prefix + "." + entry.getKey(),
          entry.getValue(),
          owner
              + (defaults.isEmpty()
                  ? " has no settings"
                  : " has the settings " + String.join(", ", new TreeMap<>(defaults).keySet())));
    }
    Map<String, Object> merged = new TreeMap<>(defaults);
    merged.putAll(given);
    return new Options(prefix, merged);
  }

  /**
   * @throws InvalidInputException if the value is no finite number between {@code low} and {@code
   *     high} (inclusive)
   */
  public double number(String key, double low, double high) {
    Object value = value(key);
    double number = value instanceof Number n ? n.doubleValue() : Double.NaN;
    InvalidInputException.check(
        number >= low && number <= high && !Double.isInfinite(number),
        name(key),
        value,
        "must be a number from " + low + " to " + high);
    return number;
  }

  /**
   * @throws InvalidInputException if the value is no whole number between {@code low} and {@code
   *     high} (inclusive)
   */
  public int integer(String key, int low, int high) {
    Object value = value(key);
    double number = value instanceof Number n ? n.doubleValue() : Double.NaN;
    InvalidInputException.check(
        number == Math.rint(number) && number >= low && number <= high,
        name(key),
        value,
        "must be a whole number from " + low + " to " + high);
    return (int) number;
  }

  public String text(String key) {
    return String.valueOf(value(key));
  }

  public boolean flag(String key) {
    Object value = value(key);
    InvalidInputException.check(
        value instanceof Boolean, name(key), value, "must be true or false");
    return (Boolean) value;
  }

  private String name(String key) {
    return prefix + "." + key;
  }

  private Object value(String key) {
    Object value = values.get(key);
    if (value == null) {
      throw new InvalidInputException(name(key) + " is missing; give it a value");
    }
    return value;
  }
}
