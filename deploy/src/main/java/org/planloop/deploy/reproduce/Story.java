package org.planloop.deploy.reproduce;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Findings as markdown: one study's page, and the whole story in order. */
public final class Story {
  /** The story's own beginning, and what it says where nothing follows. */
  private static final String OPENING = "story";

  /** A link to a file beside the page. */
  private static final Pattern BESIDE = Pattern.compile("\\]\\(([^/()]+\\.(?:svg|csv))\\)");

  private Story() {}

  /**
   * One study's page; its figures and tables lie beside it.
   *
   * @param command what repeats it
   */
  public static String page(Study study, Findings findings, String command) {
    StringBuilder out = new StringBuilder("# ").append(study.title()).append("\n\n");
    out.append(resource(study.name())).append('\n');
    for (Figure figure : findings.figures()) {
      out.append("![").append(study.title()).append("](").append(figure.name()).append(".svg)\n\n");
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
    List<String> files =
        findings.tables().stream()
            .map(table -> "[" + table.name() + ".csv](" + table.name() + ".csv)")
            .toList();
    out.append("Repeat it: `").append(command).append("`. Every number: ");
    return out.append(String.join(", ", files)).append(".\n").toString();
  }

  /**
   * The whole story: its opening, and every study's page as a chapter.
   *
   * @param pages in the order of the story, as {@link #page} made them
   * @param folder where the pages' figures and tables lie, as the story links to them; empty for
   *     beside it
   */
  public static String whole(List<String> pages, String folder) {
    StringBuilder out = new StringBuilder(resource(OPENING));
    for (String page : pages) {
      String chapter = page.replaceFirst("# ", "## ");
      out.append('\n').append(BESIDE.matcher(chapter).replaceAll("](" + folder + "$1)"));
    }
    return out.toString();
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
