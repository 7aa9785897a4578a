package org.doveadmsshd.console.line;

import java.util.List;
import java.util.Optional;

/** A few names. */
record Village(Optional<String> user, boolean hasColours) implements Surroundings {
  static final Village OF_NOBODY = new Village(Optional.empty(), true);
  static final Village OF_BOB = new Village(Optional.of("bob"), true);

  @Override
  public void check(List<String> words) {}

  @Override
  public Names names() {
    return new Names() {
      @Override
      public Found users(String begin) {
        return new Found(List.of("alice", "Alina", "bob", "per o'neil", "evil\u001b[2J"), "");
      }

      @Override
      public Found mailboxes(String user) {
        return new Found(List.of("INBOX", "Sent", "Sent Mail", "Häuser & \"Höfe\"", user), "");
      }

      @Override
      public Found keywords(String user) {
        return new Found(List.of("$Work", "later-" + user), "");
      }

      @Override
      public List<String> servers() {
        return List.of("web1", "web2");
      }
    };
  }
}
