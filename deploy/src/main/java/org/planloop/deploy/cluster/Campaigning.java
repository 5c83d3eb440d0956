package org.planloop.deploy.cluster;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Snapshots;
import org.planloop.protocol.WireMessage;

/** What the campaigns of a cluster understand, from whoever follows and steers them. */
public sealed interface Campaigning extends WireMessage {
  /**
   * Run a campaign. Answered by {@link Accepted} or {@link Refused}.
   *
   * @param token drawn by the sender: sent again under the same token it is the same campaign
   * @param experiment its name
   * @param config its resolved configuration
   */
  record Submit(String token, String experiment, String config, ActorRef<SubmitReply> replyTo)
      implements Campaigning {}

  /** The answer to {@link Submit}, {@link Cancel}, {@link GoOn} and {@link Restore}. */
  sealed interface SubmitReply extends WireMessage {}

  /** The campaign is stored, and goes on whatever becomes of its sender. */
  record Accepted(String campaign) implements SubmitReply {}

  /** It cannot be done. */
  record Refused(String reason) implements SubmitReply {}

  /**
   * Bring a campaign here from an object store. Answered at once by {@link Restoring}, and asked
   * again by {@link Accepted} once it is here.
   *
   * @param url of the campaign, {@code s3://BUCKET/PREFIX/CAMPAIGN}
   * @param checkpoint its name; empty for the newest that is whole
   * @param shards how many it is to have here; 0 for as many as it had
   */
  record Restore(String url, String checkpoint, int shards, ActorRef<SubmitReply> replyTo)
      implements Campaigning {}

  /** It is under way. */
  record Restoring(String doing) implements SubmitReply {}

  /** Call a campaign off, for good. */
  record Cancel(String campaign, ActorRef<SubmitReply> replyTo) implements Campaigning {}

  /** Try a failed campaign again, from its last checkpoint. */
  record GoOn(String campaign, ActorRef<SubmitReply> replyTo) implements Campaigning {}

  /** Have an earlier policy fly in the place of a campaign's next candidate. */
  record RollBack(String campaign, int version, ActorRef<SubmitReply> replyTo)
      implements Campaigning {}

  /** What is a campaign, and under which epoch does it fly? Not answered while it does not. */
  record Describe(String campaign, ActorRef<Description> replyTo) implements Campaigning {}

  /**
   * The answer to {@link Describe}.
   *
   * @param publisher hands out this epoch's policies
   */
  record Description(
      CampaignEpoch epoch, String experiment, String config, ActorRef<Snapshots> publisher)
      implements WireMessage {}

  /**
   * What has become of a campaign? Answered by {@link Page}, or by {@link NoSuchCampaign}.
   *
   * @param rows progress rows that the sender has
   * @param decisions decisions that it has
   * @param warnings warnings that it has
   */
  record GetPage(
      String campaign, int rows, int decisions, long warnings, ActorRef<PageReply> replyTo)
      implements Campaigning {}

  /** The answer to {@link GetPage}. */
  sealed interface PageReply extends WireMessage {}

  /**
   * What the sender does not have, as much as fits.
   *
   * @param iterations N
   * @param finalRows rows there are
   * @param rows as JSON, from the first that the sender lacks
   * @param decisions likewise
   * @param warnings likewise
   * @param warned warnings so far
   * @param summary the result as JSON; empty while there is none
   */
  record Page(
      String campaign,
      String phase,
      String reason,
      int iterations,
      int iteration,
      long envSteps,
      int finalRows,
      List<String> rows,
      List<String> decisions,
      List<String> warnings,
      long warned,
      String summary)
      implements PageReply {}

  /** There is none of that name. */
  record NoSuchCampaign(String campaign, List<String> known) implements PageReply {}

  /** A piece of a file of a run folder. */
  record ReadFile(String campaign, String file, long from, ActorRef<Piece> replyTo)
      implements Campaigning {}

  /**
   * The answer to {@link ReadFile}.
   *
   * @param size of the file; -1 if there is none that may be read
   */
  record Piece(long size, byte[] bytes) implements WireMessage {}

  /** How are the campaigns? */
  record GetStandings(ActorRef<Standings> replyTo) implements Campaigning {}

  /** The answer to {@link GetStandings}. */
  record Standings(List<Standing> campaigns, List<WorkerStanding> workers) implements WireMessage {}

  /**
   * A line about a campaign.
   *
   * @param waiting jobs that wait for a worker
   * @param flying jobs in the air
   * @param bestReturn running maximum of the iterations' mean returns
   * @param bestReturnCi95 half width of its 95 % interval; empty below two episodes
   * @param silentSeconds since anything happened
   * @param nodes that have told which policies they hold
   * @param versions the newest policy on each of them, -1 for none
   * @param copied what of it is in the object store; empty without one
   */
  record Standing(
      String campaign,
      String experiment,
      String phase,
      String reason,
      int iteration,
      int iterations,
      long envSteps,
      Optional<Double> bestReturn,
      Optional<Double> bestReturnCi95,
      int waiting,
      int flying,
      double silentSeconds,
      List<String> nodes,
      List<Integer> versions,
      String copied) {}

  /**
   * A line about a worker.
   *
   * @param job what it flies; empty while idle
   */
  record WorkerStanding(
      String worker,
      String campaign,
      String job,
      double flyingSeconds,
      double stepsPerSecond,
      long jobs,
      double silentSeconds) {}
}
