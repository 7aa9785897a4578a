package org.doveadmsshd.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.doveadmsshd.base.Outcome;

/** Messages of every type with random content. */
final class RandomMessages {
  private final Random random;

  RandomMessages(long seed) {
    random = new Random(seed);
  }

  Message next() {
    int id = random.nextInt();
    return switch (random.nextInt(19)) {
      case 0 -> new Message.Hello(random.nextInt(), text(), optional(), texts());
      case 1 -> new Message.Authenticate(id, text(), bytes(300));
      case 2 ->
          new Message.Run(
              id,
              text(),
              text(),
              texts(),
              random.nextLong(),
              random.nextLong(),
              random.nextBoolean(),
              random.nextBoolean() ? OptionalLong.of(random.nextLong()) : OptionalLong.empty());
      case 3 -> new Message.ListUsers(id, text());
      case 4 -> new Message.Cancel(id);
      case 5 -> new Message.Columns(id, texts().stream().map(t -> new Column(t, t, 3)).toList());
      case 6 -> new Message.Row(id, values());
      case 7 -> new Message.Chunk(id, random.nextBoolean(), ByteBuffer.wrap(bytes(70_000)));
      case 11 -> new Message.Input(id, random.nextBoolean(), ByteBuffer.wrap(bytes(70_000)));
      case 12 -> new Message.Wanted(id, random.nextInt());
      case 8 -> new Message.Log(id, Message.Log.Level.WARNING, text());
      case 9 -> new Message.Progress(id, random.nextLong(), random.nextLong());
      case 10 ->
          new Message.Done(
              id, Outcome.values()[random.nextInt(12)], text(), Map.of("a", 1L, "b", -1L), 7);
      case 13 -> new Message.Challenge(id, bytes(300));
      case 14 -> new Message.Response(id, bytes(300));
      case 15 -> new Message.Ping();
      case 17 -> new Message.Clock(id);
      case 16 -> new Message.Alive();
      default -> new Message.Fault(text());
    };
  }

  private Optional<String> optional() {
    return random.nextBoolean() ? Optional.of(text()) : Optional.empty();
  }

  private String text() {
    return random
        .ints(random.nextInt(20), 0, 0x2000)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private byte[] bytes(int limit) {
    byte[] bytes = new byte[random.nextInt(limit)];
    random.nextBytes(bytes);
    return bytes;
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      texts.add(text());
    }
    return texts;
  }

  private List<Value> values() {
    List<Value> values = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      values.add(
          switch (random.nextInt(3)) {
            case 0 -> Value.ABSENT;
            case 1 -> Value.CHUNKED;
            default -> Value.of(bytes(2000));
          });
    }
    return values;
  }
}
