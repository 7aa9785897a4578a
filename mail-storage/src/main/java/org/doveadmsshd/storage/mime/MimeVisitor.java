package org.doveadmsshd.storage.mime;

/** Told what a {@link MimeScanner} comes across, in the order of the mail. */
public interface MimeVisitor {
  /**
   * Whether a field is looked at, which begins with these bytes; those that describe a part are
   * shown in any case.
   */
  default boolean wantsField(byte[] bytes, int from, int to) {
    return true;
  }

  /** A field of the header of a part. */
  default void field(Part part, HeaderField field) {}

  /**
   * The header of a part is complete.
   *
   * @return whether {@link #body} should be called for it
   */
  default boolean headerEnd(Part part) {
    return false;
  }

  /** A piece of the body, still encoded. Pieces end anywhere. */
  default void body(byte[] bytes, int offset, int length) {}

  /** The body of the part last announced is over. */
  default void bodyEnd() {}

  /** Whether the places of parts are looked at; if not, lines are not counted. */
  default boolean wantsMarks() {
    return false;
  }

  /** Whether the visitor has seen enough. */
  default boolean isDone() {
    return false;
  }
}
