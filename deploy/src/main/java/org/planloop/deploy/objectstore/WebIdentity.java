package org.planloop.deploy.objectstore;

import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.services.sts.model.StsException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The keys that a token service gives for the token in a file ({@code AWS_WEB_IDENTITY_TOKEN_FILE},
 * {@code AWS_ROLE_ARN}), as pods with a role have one. Both are renewed in time.
 */
final class WebIdentity implements AwsCredentialsProvider, SdkAutoCloseable {
  private static final String TOKEN = "AWS_WEB_IDENTITY_TOKEN_FILE";

  private final StsClient service;
  private final StsWebIdentityTokenFileCredentialsProvider keys;

  /** Empty where no such file is named, or a key is given. */
  static Optional<WebIdentity> of(
      Map<String, String> environment, Region region, UrlConnectionHttpClient.Builder http) {
    return environment.containsKey(TOKEN) && !environment.containsKey("AWS_ACCESS_KEY_ID")
        ? Optional.of(new WebIdentity(region, http))
        : Optional.empty();
  }

  private WebIdentity(Region region, UrlConnectionHttpClient.Builder http) {
    this.service =
        StsClient.builder()
            .region(region)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClientBuilder(http)
            .build();
    this.keys = StsWebIdentityTokenFileCredentialsProvider.builder().stsClient(service).build();
  }

  @Override
  public AwsCredentials resolveCredentials() {
    try {
      return keys.resolveCredentials();
    } catch (UncheckedIOException e) {
      throw SdkClientException.create(
          TOKEN + ": the token cannot be read (" + e.getMessage() + ")", e);
    } catch (StsException e) {
      String code =
          e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
              ? "status " + e.statusCode()
              : e.awsErrorDetails().errorCode();
      throw SdkClientException.create(
          "the token service refuses the token of "
              + TOKEN
              + " ("
              + code
              + "); check AWS_ROLE_ARN, and whom the role trusts",
          e);
    }
  }

  @Override
  public void close() {
    keys.close();
    service.close();
  }
}
