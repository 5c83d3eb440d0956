package org.planloop.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.planloop.operator.Seen.Progress;

/**
 * Asks a campaign's pods over HTTP: the trainer for its status, and pods that are not ready for
 * what is wrong. Answers are awaited by nobody: a campaign whose pods do not answer holds up no
 * other. One question a campaign at a time, a bounded number in all.
 */
final class HttpPodWatch implements PodWatch {
  static final int PORT = 9464;

  private static final int AT_A_TIME = 64;
  private static final int PODS_ASKED = 8;
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(8);

  private final Credentials credentials;
  private final InstantSource clock;
  private final Consumer<Campaign> changed;
  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final ObjectMapper json = new ObjectMapper();
  private final Semaphore free = new Semaphore(AT_A_TIME);
  private final Map<String, Watched> watched = new ConcurrentHashMap<>();

  private static final class Watched {
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile Seen seen = Seen.NOTHING;
    private volatile Instant at = Instant.MIN;
  }

  /**
   * @param changed told of a campaign whose pods say something new
   * @param port where pods listen
   */
  HttpPodWatch(Credentials credentials, InstantSource clock, Consumer<Campaign> changed, int port) {
    this.port = port;
    this.credentials = credentials;
    this.clock = clock;
    this.changed = changed;
  }

  @Override
  public Seen ask(Campaign campaign, Observed observed) {
    Watched one = watched.computeIfAbsent(campaign.uid(), uid -> new Watched());
    Optional<Pod> trainer =
        observed.pods(Names.TRAINER).stream().filter(HttpPodWatch::canAnswer).findFirst();
    if (trainer.isEmpty()) {
      // Whoever is gone says nothing, and what was said before is in the status.
      one.seen = Seen.NOTHING;
      return one.seen;
    }
    boolean due = !clock.instant().isBefore(one.at.plus(EVERY));
    if (due && one.asking.compareAndSet(false, true)) {
      if (free.tryAcquire()) {
        begin(campaign, observed, trainer.get(), one);
      } else {
        one.asking.set(false);
      }
    }
    return one.seen;
  }

  @Override
  public void forget(Campaign campaign) {
    watched.remove(campaign.uid());
  }

  private static boolean canAnswer(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && pod.getStatus().getPodIP() != null
        && "Running".equals(pod.getStatus().getPhase());
  }

  private void begin(Campaign campaign, Observed observed, Pod trainer, Watched one) {
    CompletableFuture<Seen> answer;
    try {
      answer = asked(campaign, observed, trainer, one.seen);
    } catch (RuntimeException e) {
      free.release();
      one.asking.set(false);
      throw e;
    }
    var unused =
        answer.whenComplete(
            (seen, error) -> {
              free.release();
              one.at = clock.instant();
              Seen before = one.seen;
              if (seen != null) {
                one.seen = seen;
              }
              one.asking.set(false);
              if (seen != null && !seen.equals(before)) {
                changed.accept(campaign);
              }
            });
  }

  private CompletableFuture<Seen> asked(
      Campaign campaign, Observed observed, Pod trainer, Seen before) {
    Map<String, CompletableFuture<List<String>>> parts = new TreeMap<>();
    Stream.concat(observed.pods(Names.TRAINER).stream(), observed.pods(Names.REPLAY).stream())
        .filter(pod -> canAnswer(pod) && !Observed.ready(pod))
        .limit(PODS_ASKED)
        .forEach(pod -> parts.put(pod.getMetadata().getName(), unwell(pod)));
    CompletableFuture<Seen> status =
        Observed.ready(trainer)
            ? status(campaign, trainer, before)
            : CompletableFuture.completedFuture(Seen.NOTHING);
    return CompletableFuture.allOf(parts.values().toArray(CompletableFuture[]::new))
        .thenCombine(
            status,
            (nothing, seen) -> {
              Map<String, List<String>> lines = new TreeMap<>();
              parts.forEach((pod, answer) -> lines.put(pod, answer.join()));
              lines.values().removeIf(List::isEmpty);
              return new Seen(
                  seen.progress(),
                  seen.others(),
                  seen.trouble(),
                  seen.troubleSince(),
                  lines,
                  seen.skew());
            });
  }

  private CompletableFuture<HttpResponse<String>> get(Pod pod, String page, String token) {
    String ip = pod.getStatus().getPodIP();
    String host = ip.contains(":") ? "[" + ip + "]" : ip;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + page)).timeout(ANSWER);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.sendAsync(request.build(), BodyHandlers.ofString())
        .orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The lines of a pod's page that do not end with ok. */
  private CompletableFuture<List<String>> unwell(Pod pod) {
    return get(pod, "/health/ready", "")
        .handle(
            (answer, error) ->
                answer == null
                    ? List.of()
                    : answer
                        .body()
                        .lines()
                        .filter(line -> line.contains(": ") && !line.endsWith(": ok"))
                        .limit(PODS_ASKED)
                        .toList());
  }

  private CompletableFuture<Seen> status(Campaign campaign, Pod trainer, Seen before) {
    String token = credentials.tokenOf(campaign).orElse("");
    return get(trainer, "/status", token)
        .handle(
            (answer, error) -> {
              if (answer == null) {
                return trouble(String.valueOf(error), before);
              }
              if (answer.statusCode() != 200) {
                return trouble(answer.statusCode() + " " + answer.body().strip(), before);
              }
              return read(campaign, answer, before);
            });
  }

  private Seen trouble(String why, Seen before) {
    return new Seen(
        before.progress(),
        before.others(),
        Optional.of(why.length() > 300 ? why.substring(0, 300) : why),
        before.troubleSince().or(() -> Optional.of(clock.instant())),
        Map.of(),
        before.skew());
  }

  private Seen read(Campaign campaign, HttpResponse<String> answer, Seen before) {
    try {
      List<Progress> all = Seen.campaigns(json.readTree(answer.body()));
      Names names = Names.of(campaign);
      return new Seen(
          all.stream().filter(one -> names.isId(one.id(), campaign.wanted())).findFirst(),
          all.stream()
              .filter(one -> !names.isId(one.id(), campaign.wanted()) && !one.over())
              .map(Progress::id)
              .toList(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          skew(answer.headers().firstValue("Date").orElse(null)));
    } catch (JsonProcessingException e) {
      return trouble("no JSON: " + e.getOriginalMessage(), before);
    }
  }

  /** Whole minutes, so that it is not news at every look. */
  private Optional<Duration> skew(@Nullable String date) {
    if (date == null) {
      return Optional.empty();
    }
    try {
      Instant theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      long seconds = Duration.between(clock.instant(), theirs).toSeconds();
      return Optional.of(Duration.ofMinutes(Math.round(seconds / 60.0)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
