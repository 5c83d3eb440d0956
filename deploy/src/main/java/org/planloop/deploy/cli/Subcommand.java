package org.planloop.deploy.cli;

/**
 * A command that another module adds to the program, found by {@link java.util.ServiceLoader}. It
 * is made whenever the program starts, so it loads nothing until it is called.
 */
public interface Subcommand {
  /** As it is typed. */
  String name();

  /**
   * The command as picocli has it: annotated, a {@code Callable} of the exit code.
   *
   * @param context what the commands of the process share
   */
  Object command(Context context);
}
