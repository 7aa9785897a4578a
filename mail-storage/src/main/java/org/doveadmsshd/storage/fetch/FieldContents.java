package org.doveadmsshd.storage.fetch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.fetch.FetchField.FieldContent;
import org.doveadmsshd.storage.fetch.FetchField.Source;
import org.doveadmsshd.storage.mime.BodySection;
import org.doveadmsshd.storage.mime.HeaderText;
import org.doveadmsshd.storage.mime.MailAddress;
import org.doveadmsshd.storage.mime.MimeTree;
import org.doveadmsshd.storage.mime.Preview;
import org.doveadmsshd.storage.mime.SentDate;

/** What fields say of a mail. */
final class FieldContents {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private FieldContents() {}

  static FieldContent section(Source source, BodySection section, boolean decoded) throws Failure {
    MimeTree.Node mail = source.candidate().structure().root();
    try {
      return new FieldContent(
          null, section.<Failure>read(mail, () -> source.candidate().mail().open(), decoded));
    } catch (UnreadableMailException e) {
      throw e.failure();
    } catch (IOException e) {
      throw new MailFailure("A mail cannot be read: " + Reason.of(e), e);
    }
  }

  static FieldContent preview(Source source) throws Failure {
    Preview preview = new Preview();
    source.candidate().scan(preview);
    return new FieldContent(Value.of(preview.bytes()), null);
  }

  /** Text that may be longer than what fits into a row. */
  static FieldContent bytes(String oneCharAByte) {
    byte[] bytes = oneCharAByte.getBytes(StandardCharsets.ISO_8859_1);
    return new FieldContent(null, new ByteArrayInputStream(bytes));
  }

  /** How the values of a header field are shown. */
  @FunctionalInterface
  interface FieldForm {
    byte[] of(String value);
  }

  static final Map<String, FieldForm> FORMS =
      Map.of(
          "",
          value -> latin1(value.replace("\r\n", "\n")),
          "utf8",
          value -> HeaderText.decode(value).replace('\0', ' ').getBytes(StandardCharsets.UTF_8),
          "address",
          value -> latin1(lines(value, FieldContents::address)),
          "address_name",
          value -> latin1(lines(value, address -> emptyForNull(address.name()))),
          "address_name.utf8",
          value ->
              lines(value, address -> HeaderText.decode(emptyForNull(address.name())))
                  .getBytes(StandardCharsets.UTF_8));

  private static String emptyForNull(String text) {
    return text == null ? "" : text;
  }

  private static byte[] latin1(String oneCharAByte) {
    return oneCharAByte.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String lines(String value, Function<MailAddress, String> shown) {
    return MailAddress.parse(value.replace("\r\n", "\n")).stream()
        .map(shown)
        .collect(Collectors.joining("\n"));
  }

  /** {@code mailbox@domain}; the name alone for the beginning of a group. */
  private static String address(MailAddress address) {
    if (address.mailbox() == null) {
      return "";
    }
    return address.domain() == null
        ? address.mailbox()
        : address.mailbox() + "@" + address.domain();
  }

  static FieldContent guid(Source source) {
    byte[] bytes = source.candidate().mail().guid().getBytes(StandardCharsets.ISO_8859_1);
    return new FieldContent(Value.of(bytes), null);
  }

  static FieldContent flags(Source source) throws Failure {
    return FieldContent.of(source.candidate().flags().toString());
  }

  static FieldContent time(long seconds) {
    Instant moment = Instant.ofEpochSecond(seconds);
    return FieldContent.of(shown(LocalDateTime.ofInstant(moment, ZoneId.systemDefault())));
  }

  /** As the pattern says it, for a fifth of what a formatter takes: a fetch shows every mail's. */
  static String shown(LocalDateTime time) {
    if (time.getYear() < 0 || time.getYear() > 9999) {
      return TIME.format(time);
    }
    byte[] text = "0000-00-00 00:00:00".getBytes(StandardCharsets.ISO_8859_1);
    put(time.getYear(), text, 3);
    put(time.getMonthValue(), text, 6);
    put(time.getDayOfMonth(), text, 9);
    put(time.getHour(), text, 12);
    put(time.getMinute(), text, 15);
    put(time.getSecond(), text, 18);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** Puts a number in the place of zeros, of which the last one is there. */
  private static void put(int number, byte[] text, int last) {
    for (int rest = number, i = last; rest > 0; rest /= 10, i--) {
      text[i] = (byte) ('0' + rest % 10);
    }
  }

  /** In the zone of the sender, whose offset stands beside it. */
  static FieldContent sentTime(Source source) throws Failure {
    SentDate sent = source.candidate().sent();
    int minutes = sent.offsetSeconds() / 60;
    String time = shown(LocalDateTime.ofEpochSecond(sent.wallClock(), 0, ZoneOffset.UTC));
    return FieldContent.of(
        "%s (%c%02d%02d)"
            .formatted(
                time, minutes < 0 ? '-' : '+', Math.abs(minutes) / 60, Math.abs(minutes) % 60));
  }

  /** The values of all fields of that name, one after another. */
  static FieldContent header(Source source, String name, FieldForm form) throws Failure {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    boolean first = true;
    for (String value : source.candidate().header(name)) {
      if (!first) {
        values.write('\n');
      }
      // as in Dovecot: a NUL becomes U+FFFD, here in UTF-8 one char a byte
      values.writeBytes(form.of(value.replace("\0", "\u00ef\u00bf\u00bd")));
      first = false;
    }
    return new FieldContent(null, new ByteArrayInputStream(values.toByteArray()));
  }
}
