package org.planloop.deploy.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.torch.Device;

/** Single values of the configuration: from HOCON to Java and back, with errors that say where. */
final class Values {
  /** The word for "no limit": NaN of a number, infinite of a duration. */
  static final String NONE = "none";

  private Values() {}

  /**
   * Where a value was given, as a prefix of a message: {@code "my.conf, line 3: "}; nothing for
   * what Planloop brings itself.
   */
  static String where(ConfigOrigin origin) {
    return origin.resource() == null && origin.filename() != null
        ? origin.filename() + ", line " + origin.lineNumber() + ": "
        : "";
  }

  /** An error about a value: place, key, value, rule. */
  static InvalidInputException wrong(String path, ConfigValue value, String rule) {
    String text =
        value.valueType() == ConfigValueType.STRING
            ? (String) value.unwrapped()
            : value.render(com.typesafe.config.ConfigRenderOptions.concise());
    return new InvalidInputException(
        where(value.origin()) + path + " = " + shortened(text) + ": " + rule);
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= 80 ? line : line.substring(0, 77) + "...";
  }

  static boolean isNone(ConfigValue value) {
    return value.valueType() == ConfigValueType.NULL
        || (value.unwrapped() instanceof String text
            && (text.equalsIgnoreCase(NONE) || text.equals("null")));
  }

  static double number(String path, ConfigValue value) {
    Object raw = value.unwrapped();
    if (raw instanceof Number number) {
      return number.doubleValue();
    }
    if (raw instanceof String text) {
      try {
        return new BigDecimal(text.strip()).doubleValue();
      } catch (NumberFormatException e) {
        throw wrong(path, value, "must be a number");
      }
    }
    throw wrong(path, value, "must be a number");
  }

  static long whole(String path, ConfigValue value, long low, long high) {
    BigDecimal number;
    try {
      number = new BigDecimal(String.valueOf(value.unwrapped()).strip());
    } catch (NumberFormatException e) {
      throw wrong(path, value, "must be a whole number");
    }
    try {
      long whole = number.longValueExact();
      if (whole >= low && whole <= high) {
        return whole;
      }
    } catch (ArithmeticException e) {
      if (number.stripTrailingZeros().scale() > 0) {
        throw wrong(path, value, "must be a whole number");
      }
    }
    throw wrong(path, value, "must be a whole number from " + low + " to " + high);
  }

  static boolean flag(String path, ConfigValue value) {
    Object raw = value.unwrapped();
    if (raw instanceof Boolean flag) {
      return flag;
    }
    return switch (String.valueOf(raw).toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw wrong(path, value, "must be true or false");
    };
  }

  static String text(String path, ConfigValue value) {
    return switch (value.valueType()) {
      case STRING, NUMBER, BOOLEAN -> {
        Config single = value.atKey("text");
        yield single.getString("text");
      }
      default -> throw wrong(path, value, "must be a text");
    };
  }

  /** Reads an enum constant in any case, with hyphens or underscores. */
  static <E extends Enum<E>> E constant(String path, ConfigValue value, Class<E> type) {
    String given = text(path, value);
    String name = given.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    List<String> words = Arrays.stream(type.getEnumConstants()).map(Values::word).toList();
    throw wrong(
        path,
        value,
        "must be one of "
            + words.stream().collect(Collectors.joining(", "))
            + Nearest.hint(given, words));
  }

  static Device device(String path, ConfigValue value) {
    try {
      return Device.parse(text(path, value));
    } catch (IllegalArgumentException e) {
      throw wrong(path, value, Device.RULE);
    }
  }

  /** How an enum constant is written: {@code expert-model}; a strategy in capitals. */
  static String word(Enum<?> constant) {
    return constant instanceof org.planloop.campaign.Strategy
        ? constant.name()
        : constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Seconds of a duration: {@code 90 s}, {@code 15 min}, {@code 2 h}, or a bare number of s. */
  static double seconds(String path, ConfigValue value) {
    String rule = "must be a duration, for example 90 s, 15 min or 2 h";
    Object raw = value.unwrapped();
    if (raw instanceof Number number) {
      return number.doubleValue();
    }
    if (!(raw instanceof String text)) {
      throw wrong(path, value, rule);
    }
    String amount = text.replaceFirst("(?i)(?<=[0-9 ])min$", "m").strip();
    try {
      return new BigDecimal(amount).doubleValue();
    } catch (NumberFormatException notANumber) {
      try {
        Config single = com.typesafe.config.ConfigValueFactory.fromAnyRef(amount).atKey("duration");
        return single.getDuration("duration").toNanos() / 1e9;
      } catch (ConfigException | ArithmeticException e) {
        throw wrong(path, value, rule);
      }
    }
  }

  static List<Integer> wholes(String path, ConfigValue value) {
    if (!(value instanceof ConfigList list)) {
      throw wrong(path, value, "must be a list of whole numbers, for example [64, 64]");
    }
    List<Integer> result = new ArrayList<>();
    for (ConfigValue element : list) {
      result.add((int) whole(path, element, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
    return result;
  }

  static List<String> texts(String path, ConfigValue value) {
    if (!(value instanceof ConfigList list)) {
      throw wrong(path, value, "must be a list of texts, for example [\"x < 2\"]");
    }
    return list.stream().map(element -> text(path, element)).toList();
  }

  /**
   * Reads a value of an open section: its type is that of the default.
   *
   * @param example the default
   */
  static Object like(String path, ConfigValue value, Object example) {
    if (example instanceof Integer) {
      return (int) whole(path, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (example instanceof Long) {
      return whole(path, value, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (example instanceof Number) {
      return number(path, value);
    }
    if (example instanceof Boolean) {
      return flag(path, value);
    }
    if (example instanceof String) {
      return text(path, value);
    }
    if (example instanceof List<?> list) {
      if (!(value instanceof ConfigList given)) {
        throw wrong(path, value, "must be a list like " + list);
      }
      List<Object> result = new ArrayList<>();
      for (ConfigValue element : given) {
        result.add(like(path, element, list.isEmpty() ? 0.0 : list.get(0)));
      }
      return List.copyOf(result);
    }
    throw new IllegalArgumentException(
        "the default of "
            + path
            + " must be a number, text, boolean or list of these, is "
            + example.getClass().getName());
  }

  /** A number without exponent that reads back as the same double; {@code none} if not finite. */
  static String plain(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString()
        : NONE;
  }

  /** A value as HOCON. */
  static String render(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Double || value instanceof Float) {
      return plain(((Number) value).doubleValue());
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof Enum<?> constant) {
      return word(constant);
    }
    if (value instanceof Device device && !device.isGpu()) {
      return device.toString();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Values::render).collect(Collectors.joining(", ", "[", "]"));
    }
    return com.typesafe.config.ConfigUtil.quoteString(String.valueOf(value));
  }
}
