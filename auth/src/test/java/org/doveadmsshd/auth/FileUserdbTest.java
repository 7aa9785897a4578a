package org.doveadmsshd.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.Nested;

/** The promises of userdbs that are files and directories. */
class FileUserdbTest {
  private static final String SECOND = "joe:{PLAIN}other:::::\njane:x:::::\n";

  /** Users in files, one name of which may be written in any case. */
  private abstract static class InFiles extends UserdbContract {
    final List<String> users = new ArrayList<>(List.of("Jane", "joe"));

    PasswdFile file(String name, String text) throws IOException {
      return new PasswdFile(Files.writeString(directory.resolve(name), text).toString(), "%u");
    }

    String lines() {
      return String.join("", users.stream().map(user -> user + ":{PLAIN}x:::::\n").toList());
    }

    @Override
    protected void add(String user) throws Exception {
      users.add(user);
      repair();
    }

    @Override
    protected boolean breakDown() throws Exception {
      Files.delete(directory.resolve("users"));
      return true;
    }

    @Override
    protected void repair() throws Exception {
      Files.writeString(directory.resolve("users"), lines());
    }
  }

  @Nested
  class OnePasswdFile extends InFiles {
    @Override
    protected Userdb open() throws Exception {
      return file("users", lines());
    }
  }

  @Nested
  class Chain extends InFiles {
    @Override
    protected Userdb open() throws Exception {
      return new UserdbChain(
          List.of(
              new UserdbChain.Link(file("users", lines()), LinkRules.USUAL),
              new UserdbChain.Link(file("second", SECOND), LinkRules.USUAL)),
          new MemoryBudget(1 << 20).all());
    }

    @Override
    protected boolean breakDown() throws Exception {
      Files.delete(directory.resolve("second"));
      return super.breakDown();
    }

    @Override
    protected void repair() throws Exception {
      Files.writeString(directory.resolve("second"), SECOND);
      super.repair();
    }
  }

  @Nested
  class Homes extends UserdbContract {
    @Override
    protected Userdb open() throws Exception {
      add("jane");
      add("joe");
      return new StaticUserdb(Map.of("home", directory + "/home/%u"), false);
    }

    @Override
    protected void add(String user) throws Exception {
      Files.createDirectories(directory.resolve("home").resolve(user));
    }

    @Override
    protected boolean breakDown() {
      return false; // a directory is there or not
    }

    @Override
    protected void repair() {}
  }
}
