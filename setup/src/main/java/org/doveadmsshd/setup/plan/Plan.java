package org.doveadmsshd.setup.plan;

import java.util.List;

/**
 * What is to be written, and said.
 *
 * @param configuration text of the configuration; without passwords
 * @param files that it names, beside it
 * @param findings what became of each setting that concerns mail
 * @param elsewhere how many settings are of what this program does not do
 */
public record Plan(
    String configuration, List<PlannedFile> files, List<Finding> findings, int elsewhere) {
  public Plan {
    files = List.copyOf(files);
    findings = List.copyOf(findings);
  }

  /** The findings of a kind, in their order. */
  public List<Finding> all(Finding.Kind kind) {
    return findings.stream().filter(finding -> finding.kind() == kind).distinct().toList();
  }
}
