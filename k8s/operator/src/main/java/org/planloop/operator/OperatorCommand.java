package org.planloop.operator;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cli.Context;
import org.planloop.deploy.cluster.HostPort;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code planloop operator}: runs the Kubernetes operator until it is told to stop. */
@Command(
    name = "operator",
    description =
        "Run Kubernetes' Campaign resources: makes each campaign's pods, watches them and says how"
            + " it stands. Runs in the cluster (k8s/overlays/operator), or anywhere with a kubeconfig"
            + " and --namespace and --image.")
final class OperatorCommand implements Callable<Integer> {
  private static final String NAMESPACE = "POD_NAMESPACE";
  private static final String POD = "POD_NAME";

  private final Context context;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description = "Where health is shown: /health/live, /health/ready, /health/startup.")
  private @Nullable String http;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description =
          "The operator's own, where its lease lies (default: environment variable POD_NAMESPACE).")
  private @Nullable String namespace;

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description =
          "What pods run whose campaign names no image (default: the image of the pod POD_NAME).")
  private @Nullable String image;

  OperatorCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String own = namespace != null ? namespace : context.environment().get(NAMESPACE);
    if (own == null || own.isBlank()) {
      throw new InvalidInputException(
          "--namespace: which namespace is the operator's own? Name it, or set " + NAMESPACE);
    }
    String pod = context.environment().get(POD);
    if (image == null && (pod == null || pod.isBlank())) {
      throw new InvalidInputException(
          "--image: which image do campaigns run? Name it, or set " + POD);
    }
    HostPort place = http == null ? null : HostPort.parse("--http", http, 0);
    return new OperatorSession(own, image, pod, place, context.signals(), context.clock()).run();
  }
}
