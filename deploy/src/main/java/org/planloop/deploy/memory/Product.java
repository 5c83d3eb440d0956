package org.planloop.deploy.memory;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A size as a product of named factors: a refusal shows it as it was computed. In double, which
 * holds every product of settings; whole ones up to 2^53 exactly.
 *
 * @param value the product
 * @param text its arithmetic, for example {@code planner.horizon 20 x 4 state values x 4 bytes}
 * @param keys the factors that are configuration keys
 */
record Product(double value, String text, List<Key> keys) {
  /** The empty product. */
  static final Product ONE = new Product(1, "", List.of());

  /**
   * A factor that can be configured.
   *
   * @param shown its value as it is written
   */
  record Key(String name, double value, String shown) {}

  Product {
    keys = List.copyOf(keys);
  }

  /** Times the value of a configuration key; a factor of one goes without saying. */
  Product key(String name, double factor) {
    if (factor == 1) {
      return this;
    }
    List<Key> more = new ArrayList<>(keys);
    more.add(new Key(name, factor, plain(factor)));
    return new Product(value * factor, joined(name + " " + plain(factor)), more);
  }

  /**
   * The same, made by one more key that is no factor by itself.
   *
   * @param weight its place among the others
   */
  Product with(String name, double weight, Object shown) {
    List<Key> more = new ArrayList<>(keys);
    more.add(new Key(name, weight, String.valueOf(shown)));
    return new Product(value, text, more);
  }

  /** Times what no key says alone; a factor of one goes without saying. */
  Product times(double factor, String what) {
    return factor == 1
        ? this
        : new Product(value * factor, joined(plain(factor) + " " + what), keys);
  }

  /** Times another product. */
  Product times(Product other) {
    if (other.text.isEmpty()) {
      return this;
    }
    List<Key> more = new ArrayList<>(keys);
    more.addAll(other.keys);
    return new Product(value * other.value, joined(other.text), more);
  }

  /** Times bytes each. */
  Product bytes(double factor) {
    return bytes(factor, "");
  }

  /** Times bytes each, and what for. */
  Product bytes(double factor, String what) {
    String text = plain(factor) + " bytes" + (what.isEmpty() ? "" : " " + what);
    return new Product(value * factor, joined(text), keys);
  }

  /** Keys that make the product large, those with the largest values first. */
  List<Key> levers() {
    return keys.stream().sorted(Comparator.comparingDouble(Key::value).reversed()).toList();
  }

  private String joined(String factor) {
    return text.isEmpty() ? factor : text + " x " + factor;
  }

  /** Whole numbers without exponent, others with two digits. */
  static String plain(double number) {
    return new BigDecimal(number)
        .setScale(2, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}
