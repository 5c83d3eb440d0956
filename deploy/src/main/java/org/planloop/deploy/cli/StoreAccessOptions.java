package org.planloop.deploy.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import picocli.CommandLine.Option;

/** How an object store is reached. Credentials come from the environment, never from here. */
final class StoreAccessOptions {
  @Option(
      names = {"--object-store-endpoint", "--endpoint"},
      paramLabel = "URL",
      description =
          "The service, where it is not Amazon's: https://HOST[:PORT]. Addresses are path-style.")
  private @Nullable String endpoint;

  @Option(
      names = {"--object-store-region", "--region"},
      paramLabel = "NAME",
      defaultValue = "${env:AWS_REGION:-us-east-1}",
      description = "The service's region. Default: $AWS_REGION, or us-east-1.")
  private String region = "us-east-1";

  @Option(
      names = "--object-store-plain",
      description = "Allow an endpoint without TLS (http://) on another machine.")
  private boolean plain;

  boolean given() {
    return endpoint != null || plain;
  }

  StoreSettings at(StoreLocation location, int keep) {
    return new StoreSettings(
        location, StoreSettings.endpoint(Optional.ofNullable(endpoint), plain), region, keep);
  }
}
