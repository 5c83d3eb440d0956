package org.planloop.expert;

import java.util.Arrays;
import java.util.Map;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Options;
import org.planloop.policy.Policy;

/**
 * Actions from a script, whatever the state. Setting {@code script}: one action a step, separated
 * by semicolons, its numbers by commas; the last one is repeated. By default 0, which is go in the
 * counterexample.
 */
public final class ScriptedExpert implements ExpertFactory {
  private static final String KEY = "script";

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public String summary() {
    return "fixed actions, whatever the state: \"0; 0; 1\" (counterexample: always go)";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of(KEY, "0");
  }

  @Override
  public Policy create(Environment environment, Options options) {
    double[][] script = parse(options.text(KEY), environment.actions());
    return new Scripted(script);
  }

  private record Scripted(double[][] script) implements Policy {
    @Override
    public Session begin(RandomStream[] random) {
      int[] steps = new int[random.length];
      return new Session() {
        @Override
        public void act(boolean[] active, double[] states, double[] actions) {
          for (int g = 0; g < active.length; g++) {
            if (active[g]) {
              double[] action = script[Math.min(steps[g]++, script.length - 1)];
              System.arraycopy(action, 0, actions, g * action.length, action.length);
            }
          }
        }

        @Override
        public void skip(int slot) {
          steps[slot]++;
        }
      };
    }
  }

  private static double[][] parse(String text, ActionSpace space) {
    String[] steps = text.split(";", -1);
    double[][] script = new double[steps.length][];
    for (int step = 0; step < steps.length; step++) {
      String[] numbers = steps[step].split(",", -1);
      if (numbers.length != space.size()) {
        throw wrong(text, space, steps[step]);
      }
      double[] action = new double[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        try {
          action[i] = Double.parseDouble(numbers[i].strip());
        } catch (NumberFormatException e) {
          throw wrong(text, space, numbers[i]);
        }
      }
      double[] inside = action.clone();
      space.clip(inside, 0);
      if (!Arrays.equals(inside, action)) {
        throw wrong(text, space, steps[step]);
      }
      script[step] = action;
    }
    return script;
  }

  private static InvalidInputException wrong(String text, ActionSpace space, String part) {
    return InvalidInputException.setting(
        "expert.options." + KEY,
        text,
        "'"
            + part.strip()
            + "' is no action; write "
            + space.size()
            + " numbers inside the action space, separated by commas, for each step, and separate"
            + " steps by semicolons");
  }
}
