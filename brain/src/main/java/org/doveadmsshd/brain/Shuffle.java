package org.doveadmsshd.brain;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Sha256;
import org.doveadmsshd.base.UnnamedFile;

/**
 * Users in an order of chance: that of SHA-256 over the seed (eight bytes, the highest first) and
 * the name. So a seed gives the same order again, whoever lists the users, and in which order. Each
 * order of the whole list is as likely as any other.
 *
 * <p>Users are sorted in pieces, which wait in a temporary file and are merged: memory does not
 * grow with their number. Used by one thread at a time.
 */
final class Shuffle implements Closeable {
  /** Stands for the server of a user whom none has listed. */
  static final int NAMED = -1;

  /** The most of the users that are sorted at once, in bytes of memory. */
  private static final int PIECE = 4 * 1024 * 1024;

  /** Memory is taken in steps of this many bytes. */
  private static final int STEP = 64 * 1024;

  /** What a user takes in memory beside the name. */
  private static final int USER = 100;

  /** What is read ahead of each piece. */
  private static final int AHEAD = 8 * 1024;

  private static final Comparator<User> ORDER =
      ((Comparator<User>) (a, b) -> Long.compareUnsigned(a.place, b.place))
          .thenComparing(User::name)
          .thenComparing(User::server);

  private final long seed;
  private final MemoryBudget.Share memory;
  private final MessageDigest digest;
  private List<User> users = new ArrayList<>();
  private int bytes;
  private int taken;
  private UnnamedFile file;
  private final List<Piece> pieces = new ArrayList<>();

  /** A user, where he stands, and which server has listed him. */
  private record User(long place, String name, int server) {}

  /** Where sorted users stand in the file. */
  private record Piece(long begin, long end) {}

  /** Takes users in their new order. */
  @FunctionalInterface
  interface Taker {
    /**
     * @param server the number with which the user was added
     * @return false when no further user is wanted
     */
    boolean take(String name, int server) throws IOException, InterruptedException;
  }

  /**
   * @param memory draws the users that are sorted at once
   */
  Shuffle(long seed, MemoryBudget.Share memory) {
    this.seed = seed;
    this.memory = memory.share(PIECE);
    digest = Sha256.begin();
  }

  /**
   * Adds a user.
   *
   * @throws IOException when the temporary file cannot be written
   */
  void add(String name, int server) throws IOException {
    int size = USER + 2 * name.length();
    if (!hasRoom(size)) {
      writePiece();
      hasRoom(size); // whoever holds nothing gets a step in any case
    }
    bytes += size;
    users.add(new User(place(name), name, server));
  }

  private boolean hasRoom(int size) {
    if (bytes + size <= taken) {
      return true;
    }
    boolean more = taken + STEP <= PIECE && memory.tryTake(STEP);
    taken += more ? STEP : 0;
    return more;
  }

  private long place(String name) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
    return ByteBuffer.wrap(digest.digest(name.getBytes(StandardCharsets.UTF_8))).getLong();
  }

  private void writePiece() throws IOException {
    if (file == null) {
      file = new UnnamedFile();
    }
    users.sort(ORDER);
    long begin = file.size();
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(block);
    for (User user : users) {
      byte[] name = user.name().getBytes(StandardCharsets.UTF_8);
      out.writeLong(user.place());
      out.writeInt(user.server());
      out.writeShort(name.length);
      out.write(name);
      if (block.size() >= AHEAD) {
        append(block);
      }
    }
    append(block);
    pieces.add(new Piece(begin, file.size()));
    forget();
  }

  private void append(ByteArrayOutputStream block) throws IOException {
    file.append(ByteBuffer.wrap(block.toByteArray()));
    block.reset();
  }

  private void forget() {
    users = new ArrayList<>();
    memory.give(taken);
    taken = 0;
    bytes = 0;
  }

  /** Hands on all that have been added; called once, when there are no more. */
  void forEach(Taker taker) throws IOException, InterruptedException {
    if (pieces.isEmpty()) {
      users.sort(ORDER);
      for (User user : users) {
        if (!taker.take(user.name(), user.server())) {
          return;
        }
      }
      return;
    }
    writePiece();
    merge(taker);
  }

  private void merge(Taker taker) throws IOException, InterruptedException {
    PriorityQueue<Reader> readers =
        new PriorityQueue<>(Comparator.comparing((Reader reader) -> reader.next, ORDER));
    for (Piece piece : pieces) {
      Reader reader = new Reader(piece);
      if (reader.advance()) {
        readers.add(reader);
      }
    }
    for (Reader first; (first = readers.poll()) != null; ) {
      if (!taker.take(first.next.name(), first.next.server())) {
        return;
      }
      if (first.advance()) {
        readers.add(first);
      }
    }
  }

  /** Reads a piece from its beginning to its end. */
  private final class Reader {
    private final DataInputStream in;
    private long left;
    private User next;

    Reader(Piece piece) {
      left = piece.end() - piece.begin();
      in = new DataInputStream(new BufferedInputStream(file.from(piece.begin()), AHEAD));
    }

    boolean advance() throws IOException {
      if (left <= 0) {
        return false;
      }
      long place = in.readLong();
      int server = in.readInt();
      byte[] name = in.readNBytes(in.readUnsignedShort());
      left -= Long.BYTES + Integer.BYTES + Short.BYTES + name.length;
      next = new User(place, new String(name, StandardCharsets.UTF_8), server);
      return true;
    }
  }

  /** Gives memory and file back. */
  @Override
  public void close() throws IOException {
    forget();
    memory.close();
    if (file != null) {
      file.close();
    }
  }
}
