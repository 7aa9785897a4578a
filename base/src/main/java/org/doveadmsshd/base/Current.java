package org.doveadmsshd.base;

/**
 * A value that can be replaced while it is in use, such as a configuration. A replaced value stays
 * open until its last use ends, so a run ends with the value that it began with. Safe for several
 * threads.
 */
public final class Current<T> {
  private Counted<T> current; // guarded by this

  /** The use of a value, by one thread. */
  public interface Use<T> extends AutoCloseable {
    T value();

    @Override
    void close();
  }

  /** A value, and how many use it. */
  private static final class Counted<T> implements Use<T> {
    private final T value;
    private final Runnable close;
    private int users = 1; // it is current

    Counted(T value, Runnable close) {
      this.value = value;
      this.close = close;
    }

    @Override
    public T value() {
      return value;
    }

    synchronized void take() {
      users++;
    }

    @Override
    public void close() {
      boolean last;
      synchronized (this) {
        last = --users == 0;
      }
      if (last) {
        close.run();
      }
    }
  }

  /**
   * The value as it is now, until the use is closed.
   *
   * @throws NullPointerException as long as there is none
   */
  public synchronized Use<T> use() {
    current.take();
    return current;
  }

  /**
   * Takes another value for uses that begin from now on.
   *
   * @param close closes the value; runs once, after it has been replaced and its last use has ended
   */
  public void become(T value, Runnable close) {
    Counted<T> earlier;
    synchronized (this) {
      earlier = current;
      current = new Counted<>(value, close);
    }
    if (earlier != null) {
      earlier.close();
    }
  }
}
