package org.doveadmsshd.brain.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.junit.jupiter.api.Test;

/** What drivers make of masks, and of what passdbs say. */
class PlacementDriversTest {
  private static final ServerNames SERVERS =
      new ServerNames(
          List.of(
              new ServerNames.Known("mail1", "mail1.example.org", 2222),
              new ServerNames.Known("mail2", "127.0.0.2", 2222),
              new ServerNames.Known("mail3", "127.0.0.3", 2222),
              new ServerNames.Known("mail4", "127.0.0.3", 2223),
              new ServerNames.Known("local", "", 2222)));

  private static Place passdb(Map<String, String> fields) throws Failure {
    PasswordStore unknown = attempt -> Optional.empty();
    PasswordStore store =
        attempt ->
            attempt.user().equals("jane")
                ? Optional.of(new PasswordStore.Stored("", fields))
                : Optional.empty();
    return new PassdbPlacement(List.of(unknown, store), SERVERS).of("jane");
  }

  private static void fails(Outcome outcome, String text, Map<String, String> fields) {
    assertThatThrownBy(() -> passdb(fields))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.outcome()).isEqualTo(outcome))
        .hasMessageContaining(text);
  }

  @Test
  void theFirstMaskThatFitsCounts() {
    MaskPlacement placement =
        new MaskPlacement(
            List.of(
                new MaskPlacement.Rule(new UserMask("boss@*"), List.of("a", "b")),
                new MaskPlacement.Rule(new UserMask("*@Example.org"), List.of("b"))));
    assertThat(placement.of("BOSS@example.org").servers()).containsExactly("a", "b");
    assertThat(placement.of("joe@example.org"))
        .isEqualTo(Place.at(List.of("b"), "joe@example.org", "mask *@example.org"));
    assertThat(placement.of("joe@example.com").servers()).isEmpty();
  }

  @Test
  void aHostOfAPassdbIsAServersNameHostOrAddress() throws Exception {
    assertThat(passdb(Map.of("host", "mail1")).servers()).containsExactly("mail1");
    assertThat(passdb(Map.of("host", "MAIL1.example.org")).servers()).containsExactly("mail1");
    assertThat(passdb(Map.of("host", "127.0.0.2", "port", "143")).servers())
        .containsExactly("mail2");
    assertThat(passdb(Map.of("host", "::ffff:127.0.0.2")).servers()).containsExactly("mail2");
    assertThat(passdb(Map.of("host", "local")).servers()).containsExactly("local");
    assertThat(passdb(Map.of("host", "nosuch", "hostip", "127.0.0.2", "proxy", "y")))
        .isEqualTo(Place.at(List.of("mail2"), "jane", "passdb host 127.0.0.2"));
  }

  @Test
  void aPortTellsServersOfOneHostApart() throws Exception {
    assertThat(passdb(Map.of("host", "127.0.0.3", "port", "2223")).servers())
        .containsExactly("mail4");
    fails(Outcome.DATA_ERROR, "mail3 and mail4", Map.of("host", "127.0.0.3"));
  }

  @Test
  void destuserIsTheNameThere() throws Exception {
    assertThat(passdb(Map.of("host", "mail1", "destuser", "jane@x")).user()).isEqualTo("jane@x");
    fails(Outcome.DATA_ERROR, "bad destuser", Map.of("host", "mail1", "destuser", "x\u0000y"));
  }

  @Test
  void aUserWithoutAServerOfOursIsAFailureAndNotUnknown() {
    fails(Outcome.DATA_ERROR, "names no host", Map.of("proxy", "y"));
    fails(
        Outcome.DATA_ERROR,
        "\"127.0.0.9\", and the configuration has no server",
        Map.of("host", "127.0.0.9"));
  }

  @Test
  void aUserWhomNoPassdbKnowsIsNowhere() throws Exception {
    Placement placement = new PassdbPlacement(List.of(attempt -> Optional.empty()), SERVERS);
    assertThat(placement.of("joe").servers()).isEmpty();
  }

  @Test
  void aPlacementThatKeepsOneUserWaitingInVainIsSparedTheOthers() throws Exception {
    AtomicLong clock = new AtomicLong();
    List<String> asked = new ArrayList<>();
    Placement down =
        new Placement() {
          @Override
          public Place of(String user) throws Failure {
            asked.add(user);
            clock.addAndGet(user.equals("slow") ? 10_000_000_000L : 1_000_000);
            throw Failure.temporary("The database cannot be asked", null);
          }

          @Override
          public String driver() {
            return "sql";
          }
        };
    Placement sparing = new SparingPlacement(down, clock::get);
    for (String user : List.of("a", "b", "slow", "c", "d")) {
      assertThatThrownBy(() -> sparing.of(user))
          .isInstanceOf(Failure.class)
          .hasMessage("It cannot be said where the user is: The database cannot be asked");
    }
    assertThat(asked).containsExactly("a", "b", "slow");
    clock.addAndGet(6_000_000_000L);
    assertThatThrownBy(() -> sparing.of("e")).isInstanceOf(Failure.class);
    assertThat(asked).containsExactly("a", "b", "slow", "e");
  }
}
