package org.doveadmsshd.server;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.server.audit.AuditChain;

/** {@code doveadm-sshd audit verify}: whether an audit log is as it was written. */
final class AuditVerification {
  private static final Program PROGRAM =
      new Program("doveadm-sshd audit", List.of("verify <file> [...], oldest first"), List.of());

  private AuditVerification() {}

  /**
   * Verifies files, oldest first; prints mistakes on standard output.
   *
   * @param arguments behind {@code audit}
   * @return the exit code: 65 when something is
   */
  static int run(List<String> arguments) throws Failure {
    Words words = PROGRAM.parse(arguments);
    List<String> verify = words.positionals();
    if (PROGRAM.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (verify.size() < 2 || !verify.get(0).equals("verify")) {
      return PROGRAM.explain();
    }
    try {
      List<Path> files = verify.subList(1, verify.size()).stream().map(Path::of).toList();
      AuditChain.Report report = AuditChain.verify(files);
      report.problems().forEach(System.out::println);
      if (report.beginsLater()) {
        System.out.println(files.get(0) + ": begins in the middle: earlier files are not here");
      }
      boolean whole = report.problems().isEmpty();
      System.out.printf(
          "%,d %s, %s%n",
          report.lines(),
          report.lines() == 1 ? "line" : "lines",
          whole ? "unbroken" : "NOT as written");
      return whole ? 0 : Outcome.DATA_ERROR.exitCode();
    } catch (NoSuchFileException e) {
      throw Failure.usage("There is no file " + e.getFile());
    } catch (IOException e) {
      throw Failure.temporary("The audit log cannot be read: " + Reason.withFile(e), e);
    }
  }
}
