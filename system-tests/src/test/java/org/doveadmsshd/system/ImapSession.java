package org.doveadmsshd.system;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** As much of an IMAP client as tests need. */
final class ImapSession implements Closeable {
  private final Socket socket;
  private final BufferedReader in;
  private int tag;

  ImapSession(int port, String user) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(120_000);
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    in.readLine();
    command("LOGIN " + user + " x");
  }

  /** Sends a command; returns the untagged lines. Fails unless the answer is OK or NO. */
  List<String> command(String line) throws IOException {
    String name = "t" + ++tag;
    send(name + " " + line + "\r\n");
    return answer(name, line);
  }

  /** Puts a mail into a mailbox. */
  void append(String mailbox, String mail) throws IOException {
    String name = "t" + ++tag;
    byte[] bytes = mail.getBytes(StandardCharsets.UTF_8);
    send(name + " APPEND " + mailbox + " {" + bytes.length + "}\r\n");
    in.readLine();
    socket.getOutputStream().write(bytes);
    send("\r\n");
    answer(name, "APPEND");
  }

  private void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private List<String> answer(String name, String command) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line; (line = in.readLine()) != null; lines.add(line)) {
      if (line.startsWith(name + " ")) {
        if (line.startsWith(name + " BAD")) {
          throw new IOException(command + ": " + line);
        }
        return lines;
      }
    }
    throw new IOException("the server has gone during " + command);
  }

  /** The UIDs that a search finds, as a set for the next command; empty when there are none. */
  String search(String query) throws IOException {
    for (String line : command("UID SEARCH " + query)) {
      if (line.startsWith("* SEARCH ")) {
        return line.substring("* SEARCH ".length()).strip().replace(' ', ',');
      }
    }
    return "";
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
