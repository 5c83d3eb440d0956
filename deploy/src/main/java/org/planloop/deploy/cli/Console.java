package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.planloop.deploy.report.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a command writes. With {@code --json} exactly one object goes to standard output and all
 * else to standard error.
 */
public final class Console {
  private static final String ERASE_LINE = "\r\u001b[K";
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;
  private boolean json;
  private boolean answered;
  private boolean liveShown;
  private @Nullable Logger log;

  /**
   * @param terminal whether a person watches, so that a line may be redrawn
   */
  public Console(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /** The process's own streams. */
  static Console system() {
    return new Console(System.out, System.err, isTerminal());
  }

  @SuppressWarnings("SystemConsoleNull") // what newer versions return instead is asked below
  private static boolean isTerminal() {
    java.io.Console console = System.console();
    if (console == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      // From Java 22 on there is a console without a terminal too, and a method to ask.
      Method asked = java.io.Console.class.getMethod("isTerminal");
      return (Boolean) asked.invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** From now on what is for a person is logged, so that a process writes nothing but log lines. */
  void toLog() {
    log = LoggerFactory.getLogger(Console.class);
  }

  /** From now on standard output is for one JSON object. */
  void json() {
    json = true;
  }

  boolean isJson() {
    return json;
  }

  boolean isLive() {
    return terminal;
  }

  /** A line for a person. */
  void say(String line) {
    if (log != null) {
      log.info("{}", line);
      return;
    }
    eraseLive();
    (json ? err : out).println(line);
  }

  /** A line that something is wrong or will be. */
  void warn(String line) {
    if (log != null) {
      log.warn("{}", line);
      return;
    }
    eraseLive();
    err.println(line);
  }

  /** Redraws the one line at the bottom; nothing without a terminal. */
  void live(String line) {
    if (terminal) {
      PrintStream stream = json ? err : out;
      stream.print(ERASE_LINE + NO_WRAP + line + WRAP);
      stream.flush();
      liveShown = true;
    }
  }

  private void eraseLive() {
    if (liveShown) {
      (json ? err : out).print(ERASE_LINE);
      liveShown = false;
    }
  }

  /** A line of data on standard output, whatever the mode. */
  void data(String line) {
    out.println(line);
    out.flush();
  }

  /** The one object; only the first counts. */
  void answer(ObjectNode object) {
    if (json && !answered) {
      answered = true;
      out.print(Json.pretty(object));
      out.flush();
    }
  }

  /** An error: one line for a person, the object for a script. */
  void fail(String message, int exitCode) {
    if (log != null) {
      log.error("{}", message);
    } else {
      eraseLive();
      err.println("planloop: " + message);
    }
    ObjectNode object = Json.object();
    object.put("error", message);
    object.put("exit_code", exitCode);
    answer(object);
  }
}
