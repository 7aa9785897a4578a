package org.doveadmsshd.base;

/**
 * What holds now, as a configuration does. What has been replaced stays open until nobody uses it
 * any more, so that what is under way ends with what it began with. Safe for several threads.
 */
public final class Current<T> {
  private Version<T> current; // guarded by this

  /** The use of a value, by one thread. */
  public interface Use<T> extends AutoCloseable {
    T value();

    @Override
    void close();
  }

  /** A value, and how many use it. */
  private static final class Version<T> implements Use<T> {
    private final T value;
    private final Runnable close;
    private int users = 1; // it is current

    Version(T value, Runnable close) {
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
   * Takes another value for what begins from now on.
   *
   * @param close what the value needs, once it has been replaced and nobody uses it
   */
  public void become(T value, Runnable close) {
    Version<T> earlier;
    synchronized (this) {
      earlier = current;
      current = new Version<>(value, close);
    }
    if (earlier != null) {
      earlier.close();
    }
  }
}
