package org.planloop.deploy.cli;

import picocli.CommandLine.Option;

/** The option that every command has. */
final class JsonOption {
  /** Looked for on the raw command line too, so that errors of its syntax are JSON as well. */
  static final String NAME = "--json";

  private final Console console;

  JsonOption(Console console) {
    this.console = console;
  }

  @Option(
      names = NAME,
      description = "Print exactly one JSON object on standard output, all else on standard error.")
  void json(boolean wanted) {
    if (wanted) {
      console.json();
    }
  }
}
