package org.doveadmsshd.server;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.base.Failure;

/** What is printed while something runs that prints on the program's own streams. */
record Output(int code, String out, String error) {
  /** What prints, and its exit code. */
  @FunctionalInterface
  interface Printing {
    int run() throws Failure;
  }

  static Output of(Printing printing) throws Failure {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    PrintStream usualOut = System.out;
    PrintStream usualError = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
    try {
      int code = printing.run();
      return new Output(
          code, out.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(usualOut);
      System.setErr(usualError);
    }
  }
}
