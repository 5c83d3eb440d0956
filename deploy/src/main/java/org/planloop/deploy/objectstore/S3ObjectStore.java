package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket of Amazon S3, or of a service that speaks its protocol. Addresses are path-style, so
 * that any host name will do. Credentials are looked for in the environment ({@code
 * AWS_ACCESS_KEY_ID} and so on), for a web identity token ({@code AWS_WEB_IDENTITY_TOKEN_FILE},
 * {@code AWS_ROLE_ARN}), in the shared credentials file, and at the container's own provider; they
 * are never logged.
 */
public final class S3ObjectStore implements ObjectStore {
  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** A request with all its bytes, a part of a replay file say, takes no longer. */
  private static final Duration REQUEST = Duration.ofMinutes(10);

  private static final int MAX_LISTED = 2_000_000;

  private final StoreSettings settings;
  private final Optional<WebIdentity> identity;
  private final S3Client client;

  /** Opens no connection yet. */
  public S3ObjectStore(StoreSettings settings) {
    this.settings = settings;
    Region region = Region.of(settings.region());
    this.identity = WebIdentity.of(System.getenv(), region, http());
    S3ClientBuilder builder =
        S3Client.builder()
            .region(region)
            .credentialsProvider(credentials())
            .httpClientBuilder(http())
            .forcePathStyle(true)
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            // Checksums by trailers are not known to all services; SHA-256 is in the signature.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                override ->
                    override.apiCallTimeout(REQUEST).retryStrategy(AwsRetryStrategy.doNotRetry()));
    settings.endpoint().ifPresent(builder::endpointOverride);
    this.client = builder.build();
  }

  private static UrlConnectionHttpClient.Builder http() {
    return UrlConnectionHttpClient.builder().connectionTimeout(CONNECTING).socketTimeout(SILENCE);
  }

  /** A token alone, so that what is wrong with it is said, and not that nobody else knows a key. */
  private AwsCredentialsProvider credentials() {
    return identity
        .<AwsCredentialsProvider>map(token -> token)
        .orElseGet(
            () ->
                AwsCredentialsProviderChain.builder()
                    .credentialsProviders(
                        EnvironmentVariableCredentialsProvider.create(),
                        ProfileCredentialsProvider.create(),
                        ContainerCredentialsProvider.create())
                    .build());
  }

  /**
   * Whether the bucket can be used.
   *
   * @throws IOException if not, saying why
   */
  public void check() throws IOException {
    page(settings.location().key("planloop"), null, 1);
  }

  @Override
  public void put(String key, Content content) throws IOException {
    RequestBody body =
        RequestBody.fromContentProvider(
            () -> {
              try {
                return content.open();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            content.length(),
            "application/octet-stream");
    ask(
        key,
        () ->
            client.putObject(
                request -> request.bucket(settings.location().bucket()).key(key), body));
  }

  @Override
  public InputStream get(String key) throws IOException {
    return ask(
        key,
        () -> client.getObject(request -> request.bucket(settings.location().bucket()).key(key)));
  }

  @Override
  public List<Stored> list(String prefix) throws IOException {
    List<Stored> all = new ArrayList<>();
    String token = null;
    do {
      ListObjectsV2Response page = page(prefix, token, 1000);
      page.contents().forEach(object -> all.add(new Stored(object.key(), object.size())));
      if (all.size() > MAX_LISTED) {
        throw new IOException(
            place(prefix) + ": more than " + MAX_LISTED + " objects; give a longer prefix");
      }
      token = page.nextContinuationToken();
    } while (token != null);
    return all;
  }

  private ListObjectsV2Response page(
      String prefix, @org.jspecify.annotations.Nullable String token, int most) throws IOException {
    return ask(
        prefix,
        () ->
            client.listObjectsV2(
                ListObjectsV2Request.builder()
                    .bucket(settings.location().bucket())
                    .prefix(prefix)
                    .maxKeys(most)
                    .continuationToken(token)
                    .build()));
  }

  @Override
  public void delete(String key) throws IOException {
    ask(
        key,
        () ->
            client.deleteObject(request -> request.bucket(settings.location().bucket()).key(key)));
  }

  @Override
  public void close() {
    client.close();
    identity.ifPresent(WebIdentity::close);
  }

  private <T> T ask(String key, Supplier<T> request) throws IOException {
    try {
      return request.get();
    } catch (NoSuchKeyException e) {
      throw new MissingObjectException(place(key) + ": is not there");
    } catch (S3Exception e) {
      throw new IOException(refused(e), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (SdkException e) {
      throw new IOException(unanswered(e), e);
    }
  }

  private String place(String key) {
    return "s3://" + settings.location().bucket() + "/" + key;
  }

  private String service() {
    return settings.endpoint().map(Object::toString).orElse("Amazon S3, " + settings.region());
  }

  private String refused(S3Exception e) {
    String code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
    String bucket = "s3://" + settings.location().bucket() + " (" + service() + "): ";
    if (e.statusCode() == 404) {
      return bucket + "there is no such bucket; make it, or name another with --object-store";
    }
    if (e.statusCode() == 403 || e.statusCode() == 401) {
      return bucket
          + "access is refused ("
          + code
          + "); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or the shared credentials file,"
          + " and that they may list, read, write and delete there";
    }
    if (e.statusCode() == 301 || e.statusCode() == 307) {
      return bucket + "the bucket is in another region; say which with --object-store-region";
    }
    return bucket + "status " + e.statusCode() + " " + code + "; the service's log says why";
  }

  private String unanswered(SdkException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return service()
            + ": the host's name is not known ("
            + cause.getMessage()
            + "); check --object-store-endpoint";
      }
      // Refused, reset, cut off in the middle, or silent.
      if (cause instanceof SocketException || cause instanceof SocketTimeoutException) {
        return service()
            + ": no answer ("
            + cause.getMessage()
            + "); check that the service runs and can be reached from here";
      }
      if (cause instanceof SSLException) {
        return service()
            + ": TLS failed ("
            + cause.getMessage()
            + "); the service's authority must be in the JVM's trust store"
            + " (-Djavax.net.ssl.trustStore)";
      }
    }
    String text = String.valueOf(e.getMessage());
    if (text.startsWith("Unable to load credentials")) {
      return service()
          + ": there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"
          + " AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE";
    }
    return service() + ": " + text.lines().findFirst().orElse("");
  }
}
