package org.planloop.deploy.cli;

import java.util.Map;
import org.planloop.data.InvalidInputException;

/** How a process logs, by the variable {@link #VARIABLE}, which {@code logback.xml} reads too. */
enum LogFormat {
  /** A line for a person. */
  TEXT,
  /** An object a line, and of a node nothing else. */
  JSON;

  static final String VARIABLE = "PLANLOOP_LOG_FORMAT";

  /**
   * @param environment variables of the process
   * @throws InvalidInputException if there is no such format
   */
  static LogFormat of(Map<String, String> environment) {
    String name = environment.getOrDefault(VARIABLE, "text");
    return switch (name) {
      case "text" -> TEXT;
      case "json" -> JSON;
      default ->
          throw InvalidInputException.setting(VARIABLE, name, "must be text or json, or not set");
    };
  }
}
