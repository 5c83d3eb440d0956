package org.planloop.deploy.cluster;

import java.util.Map;
import java.util.TreeMap;

/** What the threads of this process do, as text. */
final class ThreadDump {
  /** Well below a frame. */
  private static final int MOST_CHARACTERS = 150_000;

  private static final int DEEPEST = 30;

  private ThreadDump() {}

  /** All threads by name, deepest calls first, cut where it would not fit a message. */
  static String now() {
    Map<String, String> byName = new TreeMap<>();
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      StringBuilder text = new StringBuilder();
      text.append('"')
          .append(thread.getName())
          .append("\" ")
          .append(thread.getState())
          .append('\n');
      StackTraceElement[] calls = entry.getValue();
      for (int i = 0; i < Math.min(calls.length, DEEPEST); i++) {
        text.append("  at ").append(calls[i]).append('\n');
      }
      byName.put(thread.getName() + "#" + thread.getId(), text.toString());
    }
    String all = String.join("\n", byName.values());
    return all.length() <= MOST_CHARACTERS ? all : all.substring(0, MOST_CHARACTERS) + "\n...\n";
  }
}
