package org.doveadmsshd.auth;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.Spool;
import org.doveadmsshd.base.UserName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names of users, each once. All are gathered before the first is handed on: the receiver may take
 * hours for each, and no connection to a database may be held that long. One thread.
 */
final class GatheredNames implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatheredNames.class);
  private static final int SHOWN = 60;

  private final MemoryBudget.Share memory;
  private final Spool spool;
  private final OutputStream out;
  private final SeenNames seen;
  private String odd;
  private int oddNames;

  GatheredNames(MemoryBudget.Share memory) {
    this.memory = memory.share(memory.most());
    spool = new Spool(this.memory);
    out = new BufferedOutputStream(spool);
    seen = new SeenNames(this.memory);
  }

  /** Keeps a name, if it is a possible one. */
  void add(String name) throws Failure {
    if (!UserName.isPossible(name)) {
      odd = odd == null ? name : odd;
      oddNames++;
      return;
    }
    byte[] bytes = (name + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      if (seen.add(bytes)) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw unkept(e);
    }
  }

  private static Failure unkept(IOException cause) {
    return Failure.temporary(
        "The names of users cannot be kept while they are listed (is the disk of the server"
            + " full?)",
        cause);
  }

  /** Names all that have been kept, in their order. */
  void forEach(Userdb.Visitor visitor) throws Failure, IOException {
    if (oddNames > 0) {
      LOG.warn(
          "The userdb lists {} names that no user can have; the first: \"{}\"",
          oddNames,
          Printable.line(odd, SHOWN));
    }
    try (BufferedReader names = open()) {
      for (String name; (name = next(names)) != null; ) {
        visitor.visit(name);
      }
    }
  }

  private BufferedReader open() throws Failure {
    try {
      out.flush();
      return new BufferedReader(new InputStreamReader(spool.open(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw unkept(e);
    }
  }

  /** A failure here is not the visitor's. */
  private static String next(BufferedReader names) throws Failure {
    try {
      return names.readLine();
    } catch (IOException e) {
      throw unkept(e);
    }
  }

  @Override
  public void close() {
    try {
      spool.close();
    } catch (IOException e) {
      LOG.warn("A list of users cannot be removed: {}", Reason.withFile(e));
    } finally {
      memory.close();
    }
  }
}
