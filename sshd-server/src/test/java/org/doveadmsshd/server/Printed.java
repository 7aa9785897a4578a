package org.doveadmsshd.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.base.Failure;

/** What a thread prints on the program's own streams. Logs of other threads go where they went. */
record Printed(int code, String out, String error) {
  /** What prints, and its exit code. */
  @FunctionalInterface
  interface Printing {
    int run() throws Failure, IOException;
  }

  static Printed of(Printing printing) throws Failure {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    PrintStream usualOut = System.out;
    PrintStream usualError = System.err;
    System.setOut(ofThisThread(out, usualOut));
    System.setErr(ofThisThread(error, usualError));
    try {
      int code = printing.run();
      return new Printed(
          code, out.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      System.setOut(usualOut);
      System.setErr(usualError);
    }
  }

  private static PrintStream ofThisThread(OutputStream own, OutputStream others) {
    Thread printing = Thread.currentThread();
    OutputStream either =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            OutputStream to = Thread.currentThread() == printing ? own : others;
            to.write(bytes, offset, length);
          }
        };
    return new PrintStream(either, true, StandardCharsets.UTF_8);
  }
}
