package org.planloop.deploy.reproduce;

import java.util.List;

/**
 * What a study found.
 *
 * @param text what is seen, with its numbers: one or two paragraphs of markdown
 * @param tables the measurements, one CSV file each; the first one is the main one
 * @param figures drawn from the tables
 * @param claims published or reference numbers and relations, each held against what was found
 */
public record Findings(String text, List<Table> tables, List<Figure> figures, List<Claim> claims) {
  public Findings {
    tables = List.copyOf(tables);
    figures = List.copyOf(figures);
    claims = List.copyOf(claims);
  }

  /** Whether everything agrees. */
  public boolean agree() {
    return claims.stream().allMatch(Claim::agrees);
  }
}
