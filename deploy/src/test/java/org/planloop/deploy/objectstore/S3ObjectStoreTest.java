package org.planloop.deploy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class S3ObjectStoreTest {
  /** The SDK's own name for the place of the shared credentials file. */
  private static final String CREDENTIALS = "aws.sharedCredentialsFile";

  @TempDir Path folder;

  @BeforeEach
  void credentials() throws IOException {
    Path file = folder.resolve("credentials");
    Files.writeString(file, "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
    System.setProperty(CREDENTIALS, file.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(CREDENTIALS);
  }

  /** A service that goes down cuts what is under way before it refuses what comes next. */
  @Test
  void aConnectionThatIsCutIsNoAnswer() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> cutting = CompletableFuture.runAsync(() -> cutAll(server));
      StoreSettings settings =
          new StoreSettings(
              StoreLocation.parse("--object-store", "s3://copies/x"),
              Optional.of(URI.create("http://127.0.0.1:" + server.getLocalPort())),
              "us-east-1",
              StoreSettings.KEEP);
      S3ObjectStore store = new S3ObjectStore(settings);
      try {
        assertThatThrownBy(store::check)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("no answer (")
            .hasMessageContaining("check that the service runs");
      } finally {
        store.close();
        server.close();
        cutting.join();
      }
    }
  }

  /** Until the server is closed. */
  private static void cutAll(ServerSocket server) {
    try {
      while (!server.isClosed()) {
        try (Socket taken = server.accept()) {
          // The request has begun to arrive; with bytes of it unread, it is reset.
          int first = taken.getInputStream().read();
          taken.setSoLinger(first >= 0, 0);
        }
      }
    } catch (IOException e) {
      assertThat(server.isClosed()).as(e.toString()).isTrue();
    }
  }
}
