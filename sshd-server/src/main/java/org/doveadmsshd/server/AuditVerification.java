package org.doveadmsshd.server;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.server.audit.AuditChain;

/** {@code doveadm-sshd audit verify}: whether an audit log is as it was written. */
final class AuditVerification {
  private AuditVerification() {}

  /**
   * Verifies files, oldest first; prints mistakes on standard output.
   *
   * @return the exit code: 65 when something is
   */
  static int run(List<String> words) throws Failure {
    if (words.size() < 2 || !words.get(0).equals("verify")) {
      throw Failure.usage("usage: doveadm-sshd audit verify <file> [...], oldest first");
    }
    try {
      List<Path> files = words.subList(1, words.size()).stream().map(Path::of).toList();
      AuditChain.Report report = AuditChain.verify(files);
      report.problems().forEach(System.out::println);
      if (report.beginsLater()) {
        System.out.println(files.get(0) + ": begins in the middle: earlier files are not here");
      }
      boolean whole = report.problems().isEmpty();
      System.out.printf("%,d lines, %s%n", report.lines(), whole ? "unbroken" : "NOT as written");
      return whole ? 0 : Outcome.DATA_ERROR.exitCode();
    } catch (NoSuchFileException e) {
      throw Failure.usage("There is no file " + e.getFile());
    } catch (IOException e) {
      throw Failure.temporary("The audit log cannot be read: " + Reason.withFile(e), e);
    }
  }
}
