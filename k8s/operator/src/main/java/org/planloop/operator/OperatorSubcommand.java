package org.planloop.operator;

import org.planloop.deploy.cli.Context;
import org.planloop.deploy.cli.Subcommand;

/** {@code planloop operator}. */
public final class OperatorSubcommand implements Subcommand {
  @Override
  public String name() {
    return "operator";
  }

  @Override
  public Object command(Context context) {
    return new OperatorCommand(context);
  }
}
