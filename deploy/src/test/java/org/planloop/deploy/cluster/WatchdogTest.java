package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ActorTestKit kit = ActorTestKit.create();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static Campaigning.Standings standings(String phase, double silent) {
    return new Campaigning.Standings(
        List.of(
            new Campaigning.Standing(
                "hover",
                "hover",
                phase,
                "",
                3,
                10,
                500,
                Optional.empty(),
                Optional.empty(),
                2,
                0,
                silent,
                List.of(),
                List.of(),
                "")),
        List.of());
  }

  @Test
  void aCampaignThatIsSilentTooLongIsReportedOnceWithItsCauseAndThreads() {
    TestProbe<Object> campaigns = kit.createTestProbe();
    kit.spawn(
        Watchdog.create(
            campaigns.getRef(), Duration.ofSeconds(60), () -> List.of("planloop@127.0.0.1:1")));
    answer(campaigns, standings("RUNNING", 30));
    answer(campaigns, standings("FINISHED", 300));
    answer(campaigns, standings("RUNNING", 61));

    Campaigns.Stuck said = campaigns.expectMessageClass(Campaigns.Stuck.class, LONG);
    assertThat(said.cause()).contains("there is no worker");
    Campaigns.Stuck written = campaigns.expectMessageClass(Campaigns.Stuck.class, LONG);
    assertThat(written.report())
        .contains("likely cause: there is no worker", "threads of the trainer's node", "\"main\"")
        .contains("threads of planloop@127.0.0.1:1", "it does not answer");

    answer(campaigns, standings("RUNNING", 66));
    campaigns.expectMessageClass(Campaigning.GetStandings.class, LONG);
  }

  private static void answer(TestProbe<Object> campaigns, Campaigning.Standings standings) {
    campaigns.expectMessageClass(Campaigning.GetStandings.class, LONG).replyTo().tell(standings);
  }
}
