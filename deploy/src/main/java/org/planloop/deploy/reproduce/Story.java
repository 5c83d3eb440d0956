package org.planloop.deploy.reproduce;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Findings as markdown: one study's page, and the whole story in order. */
public final class Story {
  /** The story's own beginning, and what it says where nothing follows. */
  private static final String OPENING = "story";

  private Story() {}

  /**
   * One study's page.
   *
   * @param pictures where its figures lie, as the page links to them; empty for beside it
   */
  public static String page(Study study, Findings findings, String pictures) {
    return "# " + study.title() + "\n\n" + body(study, findings, pictures);
  }

  /**
   * The whole story.
   *
   * @param found what each study found, in the order of the story
   * @param pictures where the figures lie, as the page links to them; empty for beside it
   */
  public static String whole(Map<Study, Findings> found, String pictures) {
    List<String> parts = new ArrayList<>();
    parts.add(resource(OPENING));
    found.forEach(
        (study, findings) ->
            parts.add("## " + study.title() + "\n\n" + body(study, findings, pictures)));
    return String.join("\n", parts);
  }

  private static String body(Study study, Findings findings, String pictures) {
    StringBuilder out = new StringBuilder();
    out.append(resource(study.name())).append('\n');
    for (Figure figure : findings.figures()) {
      out.append("![").append(study.title()).append("](");
      out.append(pictures).append(figure.name()).append(".svg)\n\n");
    }
    out.append(findings.text().strip()).append("\n\n");
    if (!findings.claims().isEmpty()) {
      out.append("| claim | found here | agrees |\n|---|---|---|\n");
      for (Claim claim : findings.claims()) {
        out.append("| ").append(cell(claim.statement())).append(" | ").append(cell(claim.found()));
        out.append(" | ").append(claim.agrees() ? "yes" : "**no**").append(" |\n");
      }
      out.append('\n');
    }
    out.append("Repeat it: `./planloop reproduce ")
        .append(study.name())
        .append("`. Every number: ");
    List<String> files =
        findings.tables().stream()
            .map(table -> "[" + table.name() + ".csv](" + pictures + table.name() + ".csv)")
            .toList();
    return out.append(String.join(", ", files)).append(".\n").toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }

  /**
   * A chapter of the story.
   *
   * @throws IllegalStateException if there is none of that name
   */
  static String resource(String name) {
    try (InputStream in = Story.class.getResourceAsStream(name + ".md")) {
      if (in == null) {
        throw new IllegalStateException("there is no chapter " + name + ".md");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a page in {@code page}'s folder links to files in {@code folder}. */
  public static String link(Path page, Path folder) {
    Path from = page.toAbsolutePath().normalize().getParent();
    Path to = folder.toAbsolutePath().normalize();
    String path = from == null ? to.toString() : from.relativize(to).toString();
    return path.isEmpty() ? "" : path.replace('\\', '/') + "/";
  }
}
