package org.doveadmsshd.brain.remote;

import static org.doveadmsshd.brain.remote.ScriptedWorkers.COLUMNS;
import static org.doveadmsshd.brain.remote.ScriptedWorkers.HELLO;
import static org.doveadmsshd.brain.remote.ScriptedWorkers.done;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Peer;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/** What a worker answers to a request that no worker may, and what the brain says of it. */
public enum Breach {
  DONE_OF_NO_REQUEST("not its turn", (peer, id) -> peer.say(done(id + 100))),
  DONE_TWICE("not its turn", (peer, id) -> peer.say(columns(id), found(id), done(id), done(id))),
  DONE_OF_THE_NEXT("not its turn", (peer, id) -> peer.say(done(id + 1))),
  ROW_BEHIND_DONE(
      "not its turn", (peer, id) -> peer.say(columns(id), found(id), done(id), row(id))),
  ROW_OF_NO_REQUEST("not its turn", (peer, id) -> peer.say(row(id + 100))),
  ROW_BEFORE_COLUMNS("does not fit its columns", (peer, id) -> peer.say(row(id))),
  ROW_OF_ANOTHER_WIDTH(
      "does not fit its columns",
      (peer, id) -> peer.say(columns(id), new Message.Row(id, List.of(Value.of("half"))))),
  ROW_INSIDE_A_VALUE(
      "does not fit its columns", (peer, id) -> peer.say(columns(id), promise(id), row(id))),
  COLUMNS_TWICE("columns twice", (peer, id) -> peer.say(columns(id), row(id), columns(id))),
  OTHER_COLUMNS_BEHIND_THE_FIRST(
      "columns twice",
      (peer, id) ->
          peer.say(
              columns(id), new Message.Columns(id, List.of(new Column("x"), new Column("y"))))),
  CHUNK_WITHOUT_ROW("belongs to no row", (peer, id) -> peer.say(columns(id), chunk(id))),
  CHUNK_BEHIND_THE_LAST(
      "belongs to no row", (peer, id) -> peer.say(columns(id), promise(id), chunk(id), chunk(id))),
  DONE_BEFORE_CHUNKS("inside a value", (peer, id) -> peer.say(columns(id), promise(id), done(id))),
  SECOND_GREETING("not its turn", (peer, id) -> peer.say(HELLO)),
  REQUEST_OF_ITS_OWN("it sent ListUsers", (peer, id) -> peer.say(new Message.ListUsers(id, "*"))),
  QUESTION_NOBODY_EXPECTS(
      "challenge without a login", (peer, id) -> peer.say(new Message.Challenge(id, new byte[0]))),
  PING("not its turn", (peer, id) -> peer.say(new Message.Ping())),
  WANTED_NOTHING("wants more than a worker may", (peer, id) -> peer.say(wanted(id, 0))),
  WANTED_TOO_MUCH(
      "wants more than a worker may", (peer, id) -> peer.say(wanted(id, Limits.MAX_WANTED + 1))),
  WANTED_WITHOUT_END(
      "wants more than a worker may",
      (peer, id) -> {
        for (int i = 0; i < 10_000; i++) {
          peer.say(wanted(id, Limits.MAX_WANTED));
        }
      }),
  FAULT(
      "it says: enough", (peer, id) -> peer.say(columns(id), row(id), new Message.Fault("enough"))),
  FRAME_TOO_LONG("frame length 262145 refused", (peer, id) -> frame(peer, 262_145, 21, id)),
  FRAME_OF_NEGATIVE_LENGTH(
      "frame length 4294967295 refused", (peer, id) -> frame(peer, -1, 21, id)),
  FRAME_TOO_SHORT("frame length 4 refused", (peer, id) -> frame(peer, 4, 21, id)),
  UNKNOWN_FRAME("unknown message type 126", (peer, id) -> frame(peer, 5, 126, id)),
  FRAME_LONGER_THAN_ITS_FIELDS("longer than its fields", (peer, id) -> frame(peer, 6, 28, id, 0)),
  FIELD_BEYOND_ITS_FRAME("ends inside a field", (peer, id) -> frame(peer, 6, 27, id, 0)),
  LIST_WITHOUT_END(
      "list of 2147483647 refused", (peer, id) -> frame(peer, 9, 21, id, 0x7f, 0xff, 0xff, 0xff)),
  UNKNOWN_LEVEL("unknown log level 9", (peer, id) -> frame(peer, 6, 24, id, 9)),
  NO_WORKER(
      "frame length 842149934 refused",
      (peer, id) -> peer.write("220.example.org ESMTP\r\n".getBytes(StandardCharsets.US_ASCII))),
  CLOSED("the connection was lost", (peer, id) -> {}),
  CLOSED_BEHIND_ROW("the connection was lost", (peer, id) -> peer.say(columns(id), row(id))),
  CLOSED_INSIDE_A_VALUE(
      "the connection was lost", (peer, id) -> peer.say(columns(id), promise(id))),
  CLOSED_INSIDE_A_FRAME("the connection was lost", (peer, id) -> frame(peer, 100, 25, id, 0));

  private final String said;
  private final Doing doing;

  /** What a worker does. */
  private interface Doing {
    void with(Peer peer, int id) throws IOException;
  }

  Breach(String said, Doing doing) {
    this.said = said;
    this.doing = doing;
  }

  /** What the brain says of it, besides which server that was. */
  public String said() {
    return said;
  }

  /** Whether the worker closes the lane behind it; otherwise it would go on. */
  public boolean closes() {
    return name().startsWith("CLOSED");
  }

  /** Answers the request with this id so. */
  public void commit(Peer peer, int id) throws IOException {
    doing.with(peer, id);
  }

  private static Message columns(int id) {
    return new Message.Columns(id, COLUMNS);
  }

  /** A row that nobody is to see, as nothing that makes sense follows. */
  private static Message row(int id) {
    return new Message.Row(id, List.of(Value.of("half"), Value.of(1)));
  }

  /** A row that is to be printed. */
  private static Message found(int id) {
    return new Message.Row(id, List.of(Value.of("g"), Value.of(1)));
  }

  /** A row whose first value is still to come. */
  private static Message promise(int id) {
    return new Message.Row(id, List.of(Value.CHUNKED, Value.of(1)));
  }

  private static Message chunk(int id) {
    return new Message.Chunk(id, true, ByteBuffer.wrap(new byte[] {1}));
  }

  private static Message wanted(int id, int pieces) {
    return new Message.Wanted(id, pieces);
  }

  /** Bytes of a frame, or of what looks like one. */
  private static void frame(Peer peer, int length, int type, int id, int... fields)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream frame = new DataOutputStream(bytes);
    frame.writeInt(length);
    frame.writeByte(type);
    frame.writeInt(id);
    for (int field : fields) {
      frame.writeByte(field);
    }
    peer.write(bytes.toByteArray());
  }
}
