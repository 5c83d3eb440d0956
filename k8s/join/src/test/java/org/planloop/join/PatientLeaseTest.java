package org.planloop.join;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.apache.pekko.coordination.lease.javadsl.LeaseProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatientLeaseTest {
  private static final String LEASE = "lab";
  private static final String AT = "pekko.coordination.lease.kubernetes";

  @TempDir Path folder;
  private FakeApi api;
  private ActorTestKit kit;
  private @Nullable ActorTestKit other;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    api = new FakeApi(folder);
    api.set("planloop.cluster.lease-patience", "60 s");
    api.set(AT + ".lease-class", PatientLease.class.getName());
    api.set(AT + ".heartbeat-interval", "1 s");
    api.set(AT + ".heartbeat-timeout", "5 s");
    kit = ActorTestKit.create(ConfigFactory.load());
  }

  @AfterEach
  void stop() {
    if (other != null) {
      other.shutdownTestKit();
    }
    kit.shutdownTestKit();
    api.close();
  }

  private Lease lease(String owner) {
    return LeaseProvider.get(kit.system()).getLease(LEASE, AT, owner);
  }

  /** In a process of its own. */
  private Lease elsewhere(String owner, int patienceSeconds) {
    Config config =
        ConfigFactory.parseString("planloop.cluster.lease-patience = " + patienceSeconds + " s");
    other = ActorTestKit.create(config.withFallback(ConfigFactory.load()));
    return LeaseProvider.get(other.system()).getLease(LEASE, AT, owner);
  }

  private static boolean result(CompletionStage<Boolean> asked) {
    return asked.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void oneHasItUntilItLetsGo() {
    Lease one = lease("one:1");
    assertThat(one.checkLease()).isFalse();
    assertThat(result(one.acquire())).isTrue();
    assertThat(one.checkLease()).isTrue();
    assertThat(api.holder(LEASE)).isEqualTo("one:1");
    assertThat(result(elsewhere("two:2", 0).acquire())).isFalse();
    assertThat(result(one.release())).isTrue();
    assertThat(result(lease("three:3").acquire())).isTrue();
    assertThat(api.holder(LEASE)).isEqualTo("three:3");
    assertThat(api.rights()).containsExactly("create leases", "get leases", "update leases");
  }

  @Test
  void whatADeadHolderHadIsTakenOver() {
    assertThat(result(elsewhere("dead:1", 60).acquire())).isTrue();
    other.shutdownTestKit();
    other = null;
    assertThat(result(lease("two:2").acquire())).isTrue();
    assertThat(api.holder(LEASE)).isEqualTo("two:2");
  }

  @Test
  void anApiServerThatStartsAgainIsWaitedFor() {
    api.breaks(true);
    CompletionStage<Boolean> asked = lease("one:1").acquire();
    api.awaitAsked(2, verb -> verb.equals("get leases"));
    assertThat(asked.toCompletableFuture()).isNotDone();
    api.breaks(false);
    assertThat(result(asked)).isTrue();
  }

  @Test
  void anApiServerThatStaysAwayIsARefusalInTheEnd() {
    api.breaks(true);
    assertThat(result(elsewhere("one:1", 0).acquire())).isFalse();
  }

  @Test
  void theTokenIsReadAgainWhenKubernetesHasReplacedIt() throws IOException {
    Lease one = lease("one:1");
    assertThat(result(one.acquire())).isTrue();
    assertThat(result(one.release())).isTrue();
    api.rotates("second");
    assertThat(result(one.acquire())).isTrue();
    assertThat(api.holder(LEASE)).isEqualTo("one:1");
  }
}
