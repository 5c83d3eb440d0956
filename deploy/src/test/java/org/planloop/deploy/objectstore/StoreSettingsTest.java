package org.planloop.deploy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.data.InvalidInputException;

class StoreSettingsTest {
  @Test
  void aPlaceIsABucketAndAPrefix() {
    StoreLocation place = StoreLocation.parse("--object-store", "s3://my-bucket/team/a/");
    assertThat(place).isEqualTo(new StoreLocation("my-bucket", "team/a"));
    assertThat(place.key("x/")).isEqualTo("team/a/x/");
    assertThat(StoreLocation.parse("o", "s3://abc").key("x")).isEqualTo("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "my-bucket",
        "s3://",
        "s3://A_B/x",
        "https://b/x",
        "s3://abc/../x",
        "s3://ab//x y"
      })
  void whatIsNoPlaceIsRefused(String text) {
    assertThatThrownBy(() -> StoreLocation.parse("--object-store", text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--object-store = ")
        .hasMessageContaining("must be s3://BUCKET/PREFIX");
  }

  @Test
  void withoutTlsOnlyThisMachineUnlessItIsSaid() {
    assertThat(StoreSettings.endpoint(Optional.of("http://127.0.0.1:9000"), false)).isPresent();
    assertThat(StoreSettings.endpoint(Optional.of("http://[::1]:9000"), false)).isPresent();
    assertThat(StoreSettings.endpoint(Optional.of("https://s3.example"), false)).isPresent();
    assertThat(StoreSettings.endpoint(Optional.of("http://minio:9000"), true)).isPresent();
    assertThatThrownBy(() -> StoreSettings.endpoint(Optional.of("http://minio:9000"), false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--object-store-plain");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3.example", "ftp://x", "https://", "https://a b", "https://x/?a=b"})
  void whatIsNoEndpointIsRefused(String text) {
    assertThatThrownBy(() -> StoreSettings.endpoint(Optional.of(text), true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--object-store-endpoint");
  }

  @Test
  void credentialsInAUrlAreRefusedAndNotRepeated() {
    assertThatThrownBy(
            () -> StoreSettings.endpoint(Optional.of("https://key:secret@s3.example"), false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("credentials come from the environment")
        .hasMessageNotContaining("secret@");
  }
}
