package org.doveadmsshd.console.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.IntConsumer;
import org.doveadmsshd.base.MemoryBudget;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Attributes.OutputFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Sized;
import org.jline.terminal.impl.AbstractTerminal;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;
import org.jline.utils.NonBlockingReader;

/**
 * The terminal of somebody at the other end of a channel. Bytes that come in are given to it by the
 * transport; the thread that reads from it waits for them itself. Ctrl-C is noticed when it comes,
 * whatever the thread that reads is busy with.
 */
public final class RemoteTerminal extends AbstractTerminal {
  private static final int LARGEST = 1000;
  private static final Size USUAL = Size.of(80, 24);
  private static final char CONTROL_C = 3;

  private final TypedKeys keys;
  private final TerminalOutput output;
  private final PrintWriter writer;
  private volatile Attributes attributes = usual(); // replaced, never changed
  private volatile Size size = USUAL;

  /**
   * A terminal as its client describes it.
   *
   * @param term the value of TERM; one that is not known is taken for xterm
   * @param out a write goes to the client at once, and may wait for it
   * @param memory draws what is typed ahead
   * @param window lets the client send so many bytes more; must not wait
   */
  public RemoteTerminal(
      String term, OutputStream out, MemoryBudget.Share memory, IntConsumer window)
      throws IOException {
    super("remote", TerminalType.of(term).type(), StandardCharsets.UTF_8, SignalHandler.SIG_IGN);
    keys = new TypedKeys(memory, window);
    output = new TerminalOutput(out);
    writer = new PrintWriter(new Encoder(output));
    setEnv(name -> null); // what the server's own environment says is not about this terminal
    TerminalType.of(term).copyTo(bools, ints, strings);
  }

  private static Attributes usual() {
    Attributes attributes = new Attributes();
    attributes.setLocalFlags(EnumSet.of(LocalFlag.ICANON, LocalFlag.ISIG, LocalFlag.ECHO), true);
    attributes.setInputFlag(InputFlag.ICRNL, true);
    attributes.setOutputFlags(EnumSet.of(OutputFlag.OPOST, OutputFlag.ONLCR), true);
    attributes.setControlChar(ControlChar.VINTR, CONTROL_C);
    attributes.setControlChar(ControlChar.VEOF, 4);
    attributes.setControlChar(ControlChar.VERASE, 127);
    attributes.setControlChar(ControlChar.VKILL, 21);
    attributes.setControlChar(ControlChar.VWERASE, 23);
    attributes.setControlChar(ControlChar.VLNEXT, 22);
    return attributes;
  }

  /** Characters to bytes, nothing kept in between. */
  private static final class Encoder extends Writer {
    private final OutputStream out;

    Encoder(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      out.write(new String(text, offset, length).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }

  /** Takes in what the client has sent; never waits. */
  public void received(byte[] bytes, int offset, int length) {
    int begin = offset;
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == CONTROL_C) {
        keys.add(bytes, begin, i - begin);
        keys.discard();
        begin = i;
        if (attributes.getLocalFlag(LocalFlag.ISIG)) {
          keys.add(bytes, begin, 1);
          keys.discard(); // counts for the client's window, and is not read
          begin = i + 1;
          raise(Signal.INT);
        }
      }
    }
    keys.add(bytes, begin, offset + length - begin);
  }

  /** The client sends nothing more: whoever reads comes to the end. */
  public void inputEnded() {
    keys.end();
  }

  /**
   * Sets what happens when no key comes, on the thread that waits for it.
   *
   * @param limit how long is waited
   * @param ahead how long before that there is a warning
   */
  public void whenIdle(Duration limit, Duration ahead, Runnable warn, Runnable end) {
    keys.whenIdle(
        List.of(new TypedKeys.Alarm(limit.minus(ahead), warn), new TypedKeys.Alarm(limit, end)));
  }

  /**
   * Takes another size; an impossible one is made possible. The thread that reads is told so, since
   * who draws anew may have to wait for the client.
   */
  public void resized(int columns, int rows) {
    size = possible(columns, rows);
    keys.whenWaiting(() -> raise(Signal.WINCH));
  }

  private static Size possible(int columns, int rows) {
    return Size.of(
        columns <= 0 ? USUAL.getColumns() : Math.min(columns, LARGEST),
        rows <= 0 ? USUAL.getRows() : Math.min(rows, LARGEST));
  }

  @Override
  public NonBlockingReader reader() {
    return keys;
  }

  @Override
  public PrintWriter writer() {
    return writer;
  }

  /** Nothing is read as bytes. */
  @Override
  public InputStream input() {
    return InputStream.nullInputStream();
  }

  @Override
  public OutputStream output() {
    return output;
  }

  @Override
  public Attributes getAttributes() {
    return new Attributes(attributes);
  }

  @Override
  public void setAttributes(Attributes changed) {
    attributes = new Attributes(changed);
  }

  @Override
  public Size getSize() {
    return Size.of(size);
  }

  @Override
  public void setSize(Sized changed) {
    size = possible(changed.getColumns(), changed.getRows());
  }

  /** Terminals are not asked what they can do: many answer late, and some not at all. */
  @Override
  public boolean isModeSupported(Mode mode) {
    return false;
  }

  @Override
  public TerminalProvider getProvider() {
    return null;
  }

  @Override
  public SystemStream getSystemStream() {
    return null;
  }
}
