package org.planloop.deploy.cli;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.objectstore.S3ObjectStore;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where checkpoints are copied to. */
final class ObjectStoreOptions {
  @Option(
      names = "--object-store",
      paramLabel = "s3://BUCKET/PREFIX",
      description =
          "Copy each checkpoint, the best policy and the report there, in the background; 'planloop"
              + " restore' brings them back. Credentials: AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY, or the shared credentials file.")
  private @Nullable String location;

  @Option(
      names = "--object-store-keep",
      paramLabel = "N",
      description =
          "How many of the newest checkpoints stay there, besides the best. Default:"
              + " ${DEFAULT-VALUE}.")
  private int keep = StoreSettings.KEEP;

  @Mixin private final StoreAccessOptions access = new StoreAccessOptions();

  /**
   * @throws InvalidInputException if it cannot be used
   */
  Optional<StoreSettings> settings() {
    if (location == null) {
      InvalidInputException.check(
          !access.given(), "--object-store", "", "say where: s3://BUCKET/PREFIX");
      return Optional.empty();
    }
    return Optional.of(access.at(StoreLocation.parse("--object-store", location), keep));
  }

  /** The same, where the store answers. */
  Optional<StoreSettings> checked() {
    Optional<StoreSettings> settings = settings();
    if (settings.isPresent()) {
      try (S3ObjectStore store = new S3ObjectStore(settings.get())) {
        store.check();
      } catch (IOException e) {
        throw new InvalidInputException("--object-store: " + e.getMessage(), e);
      }
    }
    return settings;
  }
}
