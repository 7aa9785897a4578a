package org.doveadmsshd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MessageTest {
  private static final long SEED = 11;

  /** Expects no message, and gives back the one that it is shown. */
  private static final class Surprised implements Message.Visitor<Message, RuntimeException> {
    @Override
    public Message unexpected(Message message) {
      return message;
    }
  }

  @Test
  void aVisitorIsShownEveryMessageThatItDoesNotExpect() {
    RandomMessages source = new RandomMessages(SEED);
    Set<Class<?>> shown = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      Message message = i == 0 ? new Message.ActFor("m", List.of()) : source.next();
      assertThat(message.accept(new Surprised())).isSameAs(message);
      shown.add(message.getClass());
    }
    assertThat(shown).containsExactlyInAnyOrder(Message.class.getPermittedSubclasses());
  }

  @Test
  void aVisitorGetsWhatItExpectsInItsOwnMethod() {
    Message.Visitor<String, RuntimeException> visitor =
        new Message.Visitor<>() {
          @Override
          public String unexpected(Message message) {
            return "unexpected";
          }

          @Override
          public String cancel(Message.Cancel cancel) {
            return "cancel " + cancel.requestId();
          }
        };
    assertThat(new Message.Cancel(7).accept(visitor)).isEqualTo("cancel 7");
    assertThat(new Message.Ping().accept(visitor)).isEqualTo("unexpected");
  }

  @Test
  void aMessageIsNotChangedWithTheListThatItWasMadeOf() {
    List<String> words = new ArrayList<>(List.of("a"));
    Message.Run run = new Message.Run(1, "u", "c", words, 0, 0, false);
    Message.Hello hello = new Message.Hello(1, "s", Optional.empty(), words);
    Message.ActFor actFor = new Message.ActFor("m", words);
    words.clear();
    assertThat(run.arguments()).containsExactly("a");
    assertThat(hello.extensions()).containsExactly("a");
    assertThat(actFor.scope()).containsExactly("a");
  }

  @Test
  void aMessageAboutNoRequestHasTheIdZero() {
    assertThat(new Message.Hello(1, "s", Optional.empty(), List.of()).requestId()).isZero();
    assertThat(new Message.Fault("x").requestId()).isZero();
    assertThat(new Message.Ping().requestId()).isZero();
  }
}
