package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.storage.mime.BlockInputStream;

/** Answers as a recorded worker did: each request with what was said of that one then. */
final class RecordedWorker implements LaneTransport {
  /** How it says what was said. */
  @FunctionalInterface
  interface Speech {
    /** As it was said. */
    Speech SAME = Recording::frame;

    byte[] frame(Message message) throws IOException;
  }

  private static final byte[] END = new byte[0];

  private final List<Recording.Lane> lanes;
  private final Speech speech;
  private final FrameDecoder decoder = new FrameDecoder();
  private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
  private Recording.Lane lane;
  private byte[] reading = END;
  private int read;

  RecordedWorker(List<Recording.Lane> lanes, Speech speech) throws IOException {
    this.lanes = lanes;
    this.speech = speech;
    answers.add(speech.frame(lanes.get(0).answered().get(0)));
  }

  /** The lane on which the first request was of that kind. */
  private Recording.Lane lane(Class<? extends Message> kind) throws IOException {
    for (Recording.Lane each : lanes) {
      if (kind.isInstance(each.asked().get(1))) {
        return each;
      }
    }
    throw new ProtocolException("nothing of that kind was recorded");
  }

  private void hear(Message message) throws IOException {
    if (message instanceof Message.Run || message instanceof Message.ListUsers) {
      assertAskedAsThen(message);
      new FrameDecoder().feed(lane.worker(), 0, lane.worker().length, each -> say(message, each));
    } else if (!(message instanceof Message.Hello)) {
      throw new ProtocolException("no worker of that time knows " + message);
    }
  }

  /** The same request, with the same bytes: only the moment is another. */
  private void assertAskedAsThen(Message message) throws IOException {
    lane = lane == null ? lane(message.getClass()) : lane;
    Message then =
        lane.asked().stream()
            .filter(each -> each.requestId() == message.requestId())
            .findFirst()
            .orElseThrow();
    assertThat(Recording.frame(withoutTerm(message))).hasSameSizeAs(Recording.frame(then));
  }

  private static Message withoutTerm(Message message) {
    if (!(message instanceof Message.Run)) {
      return message;
    }
    Message.Run run = (Message.Run) message;
    return new Message.Run(
        run.requestId(),
        run.user(),
        run.command(),
        run.arguments(),
        run.nowMillis(),
        run.deadlineMillis(),
        run.context());
  }

  private void say(Message request, Message answer) throws IOException {
    if (answer.requestId() == request.requestId()) {
      answers.add(speech.frame(answer));
    }
  }

  @Override
  public InputStream in() {
    return new BlockInputStream() {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
          if (read == reading.length) {
            reading = answers.take();
            read = 0;
          }
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        int some = Math.min(length, reading.length - read);
        System.arraycopy(reading, read, buffer, offset, some);
        read += some;
        return some == 0 ? -1 : some;
      }
    };
  }

  @Override
  public OutputStream out() {
    return new OutputStream() {
      @Override
      public void write(int b) {
        asked.write(b);
      }

      @Override
      public void flush() throws IOException {
        byte[] bytes = asked.toByteArray();
        asked.reset();
        decoder.feed(bytes, 0, bytes.length, RecordedWorker.this::hear);
      }
    };
  }

  @Override
  public long roundTripMicros() {
    return 0;
  }

  @Override
  public void finish() {
    answers.add(END);
  }

  @Override
  public void close() {
    answers.add(END);
  }
}
