package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.report.Json;
import org.planloop.tls.NodeIdentity;
import org.planloop.tls.TlsSettings;

class CertsCommandTest {
  @TempDir Path folder;

  private CommandLineRun run(String... args) {
    return CommandLineRun.of(folder, ImaginedCampaign.finishing(1), args);
  }

  private NodeIdentity node(String host) {
    return NodeIdentity.read(
        TlsSettings.ofFolder(folder.resolve("pki").resolve(host)), Instant.now());
  }

  private String mode(String path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(folder.resolve("pki").resolve(path)));
  }

  @Test
  void makesAnAuthorityAndANodesFiles() throws Exception {
    CommandLineRun made =
        run("certs", "pki", "--hosts", "a,10.0.0.1", "--days=7", "--cluster=mine", "--json");

    assertThat(made.code()).isZero();
    JsonNode object = Json.read(made.out());
    assertThat(object.path("authority_made").asBoolean()).isTrue();
    assertThat(object.path("cluster").asText()).isEqualTo("mine");
    assertThat(object.path("hosts").findValuesAsText("host")).containsExactly("a", "10.0.0.1");
    assertThat(node("a").certificate().getSubjectAlternativeNames().toString())
        .isEqualTo("[[2, a]]");
    assertThat(node("10.0.0.1").certificate().getSubjectAlternativeNames().toString())
        .isEqualTo("[[7, 10.0.0.1]]");
    assertThat(node("a").certificate().getPublicKey().getAlgorithm()).isEqualTo("EC");
    assertThat(node("a").warnings()).isEmpty();
    assertThat(Duration.between(Instant.now(), node("a").certificate().getNotAfter().toInstant()))
        .isBetween(Duration.ofDays(6), Duration.ofDays(7));
  }

  @Test
  void keysAreTheOwnersAlone() throws IOException {
    run("certs", "pki", "--hosts=a");

    assertThat(mode("")).isEqualTo("rwx------");
    assertThat(mode("a")).isEqualTo("rwx------");
    assertThat(mode("ca.key")).isEqualTo("rw-------");
    assertThat(mode("a/node.key")).isEqualTo("rw-------");
  }

  @Test
  void runAgainItRenewsTheHostsNamed() {
    run("certs", "pki", "--hosts=a,b");
    NodeIdentity a = node("a");
    NodeIdentity b = node("b");

    CommandLineRun again = run("certs", "pki", "--hosts=b,c");

    assertThat(again.out()).contains("authority kept", "renewed b", "made c");
    assertThat(node("a").certificate()).isEqualTo(a.certificate());
    assertThat(node("b").certificate()).isNotEqualTo(b.certificate());
    assertThat(node("b").key()).isNotEqualTo(b.key());
    assertThat(node("c").authorities()).isEqualTo(a.authorities());
  }

  @Test
  void refusesWhatItCannotDo() throws IOException {
    assertThat(run("certs", "pki").err()).contains("--hosts");
    assertThat(run("certs", "pki", "--hosts=a b").err()).contains("neither a host name");
    assertThat(run("certs", "pki", "--hosts=../x").code()).isEqualTo(2);
    assertThat(run("certs", "pki", "--hosts=a", "--days=0").err())
        .contains("--days 0: must be from 1 to 825");
    assertThat(run("certs", "pki", "--hosts=a", "--days=826").code()).isEqualTo(2);
    assertThat(run("certs", "pki", "--hosts=a", "--cluster=a b").err()).contains("--cluster");
    assertThat(folder.resolve("pki")).doesNotExist();

    Files.writeString(folder.resolve("file"), "");
    assertThat(run("certs", "file", "--hosts=a").err()).contains("is no folder");
  }

  @Test
  void refusesAnAuthorityThatCannotSign() throws IOException {
    run("certs", "pki", "--hosts=a", "--cluster=one");
    run("certs", "other", "--hosts=a");
    Path key = folder.resolve("pki/ca.key");
    Path certificate = folder.resolve("pki/ca.pem");
    byte[] good = Files.readAllBytes(key);

    assertThat(run("certs", "pki", "--hosts=a", "--cluster=two").err())
        .contains("is of cluster one");
    Files.write(key, Files.readAllBytes(folder.resolve("other/ca.key")));
    assertThat(run("certs", "pki", "--hosts=a").err()).contains("ca.key: does not fit");
    Files.delete(key);
    assertThat(run("certs", "pki", "--hosts=a").err()).contains("ca.key: is missing beside");
    Files.write(key, Files.readAllBytes(folder.resolve("pki/a/node.key")));
    Files.write(certificate, Files.readAllBytes(folder.resolve("pki/a/node.pem")));
    assertThat(run("certs", "pki", "--hosts=a").err()).contains("is no authority's certificate");
    Files.write(key, good);
    Files.delete(certificate);
    CommandLineRun half = run("certs", "pki", "--hosts=a");
    assertThat(half.err()).contains("ca.pem: is missing beside");
    assertThat(half.code()).isEqualTo(2);
  }
}
