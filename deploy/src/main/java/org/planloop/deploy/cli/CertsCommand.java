package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.certs.CertificateFolder;
import org.planloop.deploy.certs.Host;
import org.planloop.deploy.certs.TestAuthority;
import org.planloop.deploy.report.Json;
import org.planloop.tls.NodeIdentity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop certs}: test certificates for the nodes of a cluster. */
@Command(
    name = "certs",
    description = {
      "Make test certificates for a cluster's nodes: an authority in DIR unless it has one, and"
          + " for each host a key and a certificate in DIR/HOST. Run again, it keeps the authority"
          + " and renews the hosts named. docs/security.md says more."
    })
final class CertsCommand implements Callable<Integer> {
  /** The most that browsers and public authorities hold for sensible. */
  private static final int MOST_DAYS = 825;

  private static final int MOST_HOSTS = 1000;
  private static final String DEFAULT_CLUSTER = "planloop";
  private static final Pattern CLUSTER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private final Context context;

  @Parameters(paramLabel = "DIR", description = "The folder to write to; keep it to yourself.")
  private @Nullable Path folder;

  @Option(
      names = "--hosts",
      required = true,
      split = ",",
      paramLabel = "HOST",
      description =
          "Host names or IP addresses that peers dial, separated by commas; *.nodes.example stands"
              + " for all names with one label before that.")
  private List<String> hosts = List.of();

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "How long the hosts' certificates are valid, 1 to 825 (default: 90).")
  private int days = 90;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "What a new authority is called after (default: planloop).")
  private @Nullable String cluster;

  CertsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (days < 1 || days > MOST_DAYS) {
      throw new InvalidInputException("--days " + days + ": must be from 1 to " + MOST_DAYS);
    }
    if (hosts.size() > MOST_HOSTS) {
      throw new InvalidInputException(
          "--hosts: " + hosts.size() + " hosts; at most " + MOST_HOSTS + " a run");
    }
    if (cluster != null && !CLUSTER.matcher(cluster).matches()) {
      throw new InvalidInputException(
          "--cluster '" + cluster + "': must be 1 to 64 letters, digits, dots, hyphens");
    }
    List<Host> wanted = hosts.stream().map(Host::of).distinct().toList();
    Path target = context.folder().resolve(Objects.requireNonNull(folder));
    if (Files.exists(target) && !Files.isDirectory(target)) {
      throw new InvalidInputException(target + ": is no folder; name another");
    }
    make(new CertificateFolder(target), wanted);
    return Main.DONE;
  }

  private void make(CertificateFolder certificates, List<Host> wanted) {
    Console console = context.console();
    Instant now = context.clock().instant();
    Optional<TestAuthority> found = certificates.authority(now);
    found.ifPresent(this::requireCluster);
    TestAuthority authority =
        found.orElseGet(
            () ->
                certificates.createAuthority(
                    Objects.requireNonNullElse(cluster, DEFAULT_CLUSTER), now));
    Instant end = authority.certificate().getNotAfter().toInstant();
    console.say(
        String.format(
            "authority %s, %s, valid until %s",
            found.isPresent() ? "kept" : "made", certificates.authorityFile(), end));
    ObjectNode object = Json.object();
    object.put("authority", certificates.authorityFile().toString());
    object.put("authority_made", found.isEmpty());
    object.put("cluster", authority.cluster());
    ArrayNode array = object.putArray("hosts");
    for (Host host : wanted) {
      boolean renewed = Files.exists(certificates.folderOf(host));
      NodeIdentity identity = certificates.issue(authority, host, now, Duration.ofDays(days));
      Instant until = identity.certificate().getNotAfter().toInstant();
      identity.warnings().forEach(console::warn);
      console.say(
          String.format(
              "%s %s, %s, valid until %s",
              renewed ? "renewed" : "made", host.name(), certificates.folderOf(host), until));
      array
          .addObject()
          .put("host", host.name())
          .put("folder", certificates.folderOf(host).toString())
          .put("renewed", renewed)
          .put("not_after", until.toString());
    }
    console.answer(object);
  }

  private void requireCluster(TestAuthority authority) {
    if (cluster != null && !cluster.equals(authority.cluster())) {
      throw new InvalidInputException(
          "--cluster "
              + cluster
              + ": the authority in this folder is of cluster "
              + authority.cluster()
              + "; leave --cluster out, or name another folder");
    }
  }
}
