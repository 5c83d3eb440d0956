package org.planloop.deploy.cluster;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.data.InvalidInputException;

/** Speaks to a cluster without belonging to it. For one thread; every question has a time limit. */
public final class ClusterClient implements AutoCloseable {
  private static final Duration AGAIN = Duration.ofMillis(300);
  private static final Duration STOP = Duration.ofSeconds(3);

  /** A file of a run that is larger than this is not fetched. */
  private static final long LARGEST_FILE = 1L << 30;

  /** Nobody answers, or nobody who can. */
  public static final class NoAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
      super(message);
    }
  }

  private final ClusterAccess access;
  private final ActorSystem<Void> system;
  private final Questions questions;

  /**
   * @throws InvalidInputException if a name does not resolve, or certificates are missing
   */
  public ClusterClient(ClusterAccess access) {
    this.access = access;
    Listening address = access.address();
    try {
      this.system =
          ActorSystem.create(
              Behaviors.empty(), access.cluster(), NodeConfig.client(address, access.tls()));
    } catch (RuntimeException e) {
      throw ClusterNode.cannotListen(address.reached(), e);
    }
    this.questions = new Questions(system);
  }

  private String base(HostPort node) {
    return NodeConfig.protocol() + "://" + access.cluster() + "@" + node;
  }

  /** A question to an actor of a node. */
  private final class Question<R> {
    private final String address;
    private final CompletableFuture<R> answer;

    Question(String address, String actor, Function<ActorRef<R>, Object> question) {
      this.address = address;
      this.answer = questions.ask(questions.actor(address, "/user/" + actor), question);
    }

    /** Empty where there was no answer in time; the next question may then get one. */
    Optional<R> await() {
      Optional<R> there = Questions.await(answer);
      if (there.isEmpty()) {
        questions.knock(address);
      }
      return there;
    }
  }

  /**
   * Who is in the cluster, as the first seed to answer sees it.
   *
   * @throws NoAnswerException if none of the seeds answers
   */
  public NodeActor.Members members() {
    List<Question<NodeActor.Members>> asked = new ArrayList<>();
    for (HostPort seed : access.seeds()) {
      asked.add(new Question<>(base(seed), NodeActor.NAME, NodeActor.GetMembers::new));
    }
    // The first that knows a trainer, or else the first that answers.
    Optional<NodeActor.Members> any = Optional.empty();
    for (Question<NodeActor.Members> one : asked) {
      Optional<NodeActor.Members> answer = one.await();
      if (answer.isPresent() && Questions.trainer(answer.get()).isPresent()) {
        return answer.get();
      }
      any = any.isPresent() ? any : answer;
    }
    return any.orElseThrow(
        () ->
            new NoAnswerException(
                "no node of cluster "
                    + access.cluster()
                    + " answers at "
                    + access.seedList()
                    + "; check that one runs there, that its --cluster-name is the same, and that"
                    + " both sides use certificates of the same authority or none"));
  }

  private <R> R askCampaigns(String what, Function<ActorRef<R>, Object> question) {
    String trainer =
        Questions.trainer(members())
            .orElseThrow(
                () ->
                    new NoAnswerException(
                        "the cluster has no trainer at present: start a node with --roles trainer"));
    return new Question<>(trainer, Campaigns.NAME, question)
        .await()
        .orElseThrow(
            () ->
                new NoAnswerException("the trainer's node does not answer a request for " + what));
  }

  /**
   * Submits a campaign.
   *
   * @param token eight hexadecimal digits; under the same token it is the same campaign
   * @return its id
   * @throws InvalidInputException if the cluster refuses it
   */
  public String submit(String token, String experiment, String config) {
    return accepted(
        askCampaigns(
            "a new campaign",
            replyTo -> new Campaigning.Submit(token, experiment, config, replyTo)));
  }

  /**
   * Has the cluster bring a campaign from an object store, and waits until it is there.
   *
   * @param checkpoint its name; empty for the newest
   * @param shards how many it is to have there; 0 for as many as it had
   * @param says is told what is done, when that changes
   * @return its id
   * @throws InvalidInputException if it cannot be restored
   */
  public String restore(String url, String checkpoint, int shards, Consumer<String> says) {
    String doing = "";
    while (true) {
      Campaigning.SubmitReply reply =
          askCampaigns(
              "a restored campaign",
              replyTo -> new Campaigning.Restore(url, checkpoint, shards, replyTo));
      if (!(reply instanceof Campaigning.Restoring restoring)) {
        return accepted(reply);
      }
      if (!restoring.doing().equals(doing)) {
        doing = restoring.doing();
        says.accept(doing);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(AGAIN.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new NoAnswerException("interrupted; the cluster goes on restoring it");
      }
    }
  }

  /** Calls a campaign off. */
  public void cancel(String campaign) {
    accepted(askCampaigns("an end", replyTo -> new Campaigning.Cancel(campaign, replyTo)));
  }

  /** Has a failed campaign tried again. */
  public void goOn(String campaign) {
    accepted(askCampaigns("another attempt", replyTo -> new Campaigning.GoOn(campaign, replyTo)));
  }

  /** Has an earlier policy fly in the place of a campaign's next candidate. */
  public void rollBack(String campaign, int version) {
    accepted(
        askCampaigns(
            "an earlier policy", replyTo -> new Campaigning.RollBack(campaign, version, replyTo)));
  }

  private static String accepted(Campaigning.SubmitReply reply) {
    if (reply instanceof Campaigning.Accepted accepted) {
      return accepted.campaign();
    }
    throw new InvalidInputException(
        "the cluster refuses: " + ((Campaigning.Refused) reply).reason());
  }

  /**
   * What a follower lacks.
   *
   * @throws InvalidInputException if there is no such campaign
   */
  public Campaigning.Page page(String campaign, int rows, int decisions, long warnings) {
    Campaigning.PageReply reply =
        askCampaigns(
            "progress",
            replyTo -> new Campaigning.GetPage(campaign, rows, decisions, warnings, replyTo));
    if (reply instanceof Campaigning.Page page) {
      return page;
    }
    throw new InvalidInputException(
        "the cluster has no campaign "
            + campaign
            + "; it has: "
            + String.join(", ", ((Campaigning.NoSuchCampaign) reply).known()));
  }

  /** A file of a campaign's run folder; empty if it is not there. */
  public Optional<byte[]> file(String campaign, String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      long from = bytes.size();
      Campaigning.Piece piece =
          askCampaigns(name, replyTo -> new Campaigning.ReadFile(campaign, name, from, replyTo));
      if (piece.size() < 0 || piece.size() > LARGEST_FILE) {
        return Optional.empty();
      }
      bytes.writeBytes(piece.bytes());
      if (bytes.size() >= piece.size()) {
        return Optional.of(bytes.toByteArray());
      }
      if (piece.bytes().length == 0) {
        throw new NoAnswerException(name + " ended early");
      }
    }
  }

  /** How campaigns and workers are. */
  public Campaigning.Standings standings() {
    return askCampaigns("the standings", Campaigning.GetStandings::new);
  }

  /** What lies in the shards of the cluster's nodes; those that do not answer are left out. */
  public List<Shards.Holdings> holdings(NodeActor.Members members) {
    return questions.holdings(members);
  }

  /**
   * The whole cluster.
   *
   * @throws NoAnswerException if no seed answers, or there is a trainer that does not
   */
  public ClusterStatus status() {
    NodeActor.Members members = members();
    return new ClusterStatus(
        members, Questions.trainer(members).map(there -> standings()), holdings(members));
  }

  /**
   * Has a node finish its jobs and leave.
   *
   * @throws InvalidInputException if the cluster has no such node
   */
  public void drain(HostPort node) {
    String address = base(node);
    boolean there =
        members().members().stream().anyMatch(member -> member.address().equals(address));
    InvalidInputException.check(
        there, "node", node, "is not in the cluster; 'planloop status' shows who is");
    if (new Question<>(address, NodeActor.NAME, NodeActor.Drain::new).await().isEmpty()) {
      throw new NoAnswerException(node + " does not answer");
    }
  }

  /** What the threads of a node do; empty if it does not answer. */
  public Optional<String> threads(String address) {
    return new Question<>(address, NodeActor.NAME, NodeActor.GetThreads::new)
        .await()
        .map(NodeActor.Threads::text);
  }

  @Override
  public void close() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(STOP.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // All answers are here; a connection that does not close in time ends with the process.
      system.log().debug("the client's connections are not closed yet", e);
    }
  }
}
