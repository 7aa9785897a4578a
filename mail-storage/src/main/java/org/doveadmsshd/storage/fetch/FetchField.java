package org.doveadmsshd.storage.fetch;

import java.io.InputStream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;

/**
 * A field of a mail.
 *
 * @param numbered whether UIDs or sequence numbers are needed for it
 * @param reader how it is had
 */
public record FetchField(Column column, boolean numbered, Reader reader) {

  /**
   * The source of a field.
   *
   * @param user whose mail it is
   */
  public record Source(String user, Mailbox mailbox, Candidate candidate) {}

  /** Takes the field from a mail. */
  @FunctionalInterface
  public interface Reader {
    FieldContent read(Source source) throws Failure;
  }

  /**
   * A field's content: a value, or a stream where it may be long.
   *
   * @param value null when there is a stream
   * @param stream null when there is a value; the receiver closes it
   */
  public record FieldContent(Value value, InputStream stream) {
    static FieldContent of(String text) {
      return new FieldContent(Value.of(text), null);
    }

    static FieldContent of(long number) {
      return new FieldContent(Value.of(number), null);
    }
  }
}
