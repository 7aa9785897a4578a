package org.doveadmsshd.brain.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.doveadmsshd.base.Failure;

/** What a report can be written as. */
public enum ReportForm {
  /** One page of HTML that needs nothing else. */
  PAGE {
    @Override
    void write(ReportSource source, About about, OutputStream out) throws Failure, IOException {
      ReportPage.write(source, about, out);
    }
  },
  /** One object of JSON: the numbers, and every user. */
  JSON {
    @Override
    void write(ReportSource source, About about, OutputStream out) throws Failure, IOException {
      ReportData.write(source, about, out);
    }
  },
  /** A line for each user, as RFC 4180 has it. */
  CSV {
    @Override
    void write(ReportSource source, About about, OutputStream out) throws Failure, IOException {
      UsersCsv.write(source, out);
    }
  };

  /**
   * By whom and when a report is made.
   *
   * @param program name and version
   */
  public record About(String program, Instant made) {}

  /**
   * Writes the report of some journals. What it needs of memory does not grow with them.
   *
   * @param files journals, at least one; several are one report
   * @param out is flushed, not closed
   * @throws Failure when a journal cannot be read or is none: exit code 64, 65 or 78. Part of the
   *     report may have been written then
   * @throws IOException when it cannot be written
   */
  public void write(List<Path> files, About about, OutputStream out) throws Failure, IOException {
    write(new ReportSource(files), about, out);
    out.flush();
  }

  abstract void write(ReportSource source, About about, OutputStream out)
      throws Failure, IOException;
}
