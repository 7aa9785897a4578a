package org.doveadmsshd.auth;

import java.io.Closeable;
import java.nio.file.Files;
import java.util.List;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.junit.jupiter.api.Nested;

/** The promises of passdbs that are files. */
class FilePassdbTest {
  /** Passwords in a file. */
  private abstract static class InFile extends PassdbContract {
    Passdb file() throws Exception {
      change("sesame");
      PasswdFile file = new PasswdFile(directory.resolve("users").toString(), "%u");
      return new HashedPassdb(file, "PLAIN", hashing);
    }

    @Override
    protected Closeable source() {
      return null;
    }

    @Override
    protected void change(String password) throws Exception {
      String text = "Jane:{PLAIN}%s:::::\njoe:{PLAIN}other:::::\n".formatted(password);
      Files.writeString(directory.resolve("users"), text);
    }

    @Override
    protected void breakDown() throws Exception {
      Files.delete(directory.resolve("users"));
    }

    @Override
    protected void repair() throws Exception {
      change("sesame");
    }
  }

  @Nested
  class OnePasswdFile extends InFile {
    @Override
    protected Passdb open() throws Exception {
      return file();
    }
  }

  @Nested
  class Chain extends InFile {
    @Override
    protected Passdb open() throws Exception {
      return new PassdbChain(List.of(new PassdbChain.Link(file(), LinkRules.USUAL, false)));
    }
  }
}
