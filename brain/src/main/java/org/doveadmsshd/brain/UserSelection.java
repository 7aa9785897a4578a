package org.doveadmsshd.brain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.base.UserMask;

/** The users that a command is meant for. */
public sealed interface UserSelection {
  /** Instead of the name of a file. */
  String STANDARD_INPUT = "-";

  /** Whether rows must name the user. */
  boolean isSeveral();

  /** The file that names them; {@code -} is standard input. Nothing when no file does. */
  default Optional<String> file() {
    return Optional.empty();
  }

  /**
   * Whether they can be named to the end at any time, and again: they stand in a plain file.
   * Whoever writes to a pipe may never come to the end.
   */
  default boolean isAtHand() {
    return file()
        .filter(name -> !name.equals(STANDARD_INPUT))
        .map(name -> Files.isRegularFile(Path.of(name)))
        .orElse(false);
  }

  /** Which users of the servers it means. Nothing when they are named otherwise. */
  default Optional<UserMask> pattern() {
    return Optional.empty();
  }

  /** Calls the method of the visitor that is for this kind of selection. */
  void accept(Visitor visitor) throws IOException, InterruptedException;

  /** Names the users of a selection of any kind. */
  interface Visitor {
    void single(String name) throws IOException, InterruptedException;

    void matching(UserMask mask) throws IOException, InterruptedException;

    void listed(String file) throws IOException, InterruptedException;

    void none() throws IOException, InterruptedException;
  }

  /** One user, who must exist. */
  record Single(String name) implements UserSelection {
    @Override
    public boolean isSeveral() {
      return false;
    }

    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.single(name);
    }
  }

  /** All users that match. */
  record Matching(UserMask mask) implements UserSelection {
    @Override
    public boolean isSeveral() {
      return true;
    }

    @Override
    public Optional<UserMask> pattern() {
      return Optional.of(mask);
    }

    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.matching(mask);
    }
  }

  /** The users whose names stand in a file, a line each; {@code -} is standard input. */
  record Listed(String path) implements UserSelection {
    @Override
    public boolean isSeveral() {
      return true;
    }

    @Override
    public Optional<String> file() {
      return Optional.of(path);
    }

    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.listed(path);
    }
  }

  /** No user: the command is about servers. */
  record None() implements UserSelection {
    @Override
    public boolean isSeveral() {
      return false;
    }

    @Override
    public void accept(Visitor visitor) throws IOException, InterruptedException {
      visitor.none();
    }
  }
}
