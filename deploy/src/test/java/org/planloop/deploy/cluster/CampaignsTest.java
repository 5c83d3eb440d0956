package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.CampaignOutcome;
import org.planloop.cluster.RoleDirectory;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.report.Build;

class CampaignsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private final ActorTestKit kit = ActorTestKit.create();
  private final TestProbe<RoleDirectory.Command> directory = kit.createTestProbe();
  private final TestProbe<Object> dispatcher = kit.createTestProbe();
  private final TestProbe<Campaigning.SubmitReply> replies = kit.createTestProbe();
  private final TestProbe<Campaigning.PageReply> pages = kit.createTestProbe();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private ActorRef<Object> campaigns() {
    return kit.spawn(
        Campaigns.create(
            new Campaigns.Surroundings(
                folder,
                TestCluster.PARTS,
                new Build("test", Optional.empty()),
                InstantSource.system(),
                new SimpleMeterRegistry(),
                Runnable::run,
                directory.getRef(),
                dispatcher.getRef(),
                Optional.empty())));
  }

  private String submit(ActorRef<Object> campaigns, String name, String... settings) {
    String config = ExperimentWriter.render(TestCluster.experiment(name, settings));
    campaigns.tell(new Campaigning.Submit("0123abcd", name, config, replies.getRef()));
    return replies.expectMessageClass(Campaigning.Accepted.class, LONG).campaign();
  }

  private Campaigning.Page page(ActorRef<Object> campaigns, String campaign) {
    campaigns.tell(new Campaigning.GetPage(campaign, 0, 0, 0, pages.getRef()));
    return pages.expectMessageClass(Campaigning.Page.class, LONG);
  }

  @Test
  void aFailedCampaignThatIsTriedAgainAtOnceWaitsForItsLastAttemptToBeGone() {
    ActorRef<Object> campaigns = campaigns();
    String campaign = submit(campaigns, "counterexample");
    // The attempt asks where its replay shard is: it lives.
    directory.expectMessageClass(RoleDirectory.Watch.class, LONG);
    campaigns.tell(
        new HostedCampaign.Ended(campaign, new CampaignOutcome.Failed("out of luck"), false));
    campaigns.tell(new Campaigning.GoOn(campaign, replies.getRef()));
    campaigns.tell(new Campaigning.GoOn(campaign, replies.getRef()));
    replies.expectMessageClass(Campaigning.Accepted.class, LONG);
    assertThat(replies.expectMessageClass(Campaigning.Refused.class, LONG).reason())
        .contains("not failed");
    directory.expectMessageClass(RoleDirectory.Watch.class, LONG);
    assertThat(page(campaigns, campaign).phase()).isIn("OPENING", "WAITING_FOR_REPLAY");
  }

  @Test
  void whatTheTrainersMachineLacksIsSaidToWhoeverFollows() {
    ActorRef<Object> campaigns = campaigns();
    String campaign =
        submit(campaigns, "cartpole-swingup", "trainer.device=gpu:127", "planner.device=gpu:126");

    // Planners are the workers' affair.
    assertThat(page(campaigns, campaign).warnings())
        .singleElement()
        .asString()
        .startsWith("trainer.device = gpu:127: PyTorch sees ");
  }
}
