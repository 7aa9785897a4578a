package org.doveadmsshd.process;

import java.io.InputStream;

/**
 * Finds no resources. What logs would look for its settings in the modules of Java and in all jars,
 * which takes a tenth of the time that a process for one user has.
 */
final class NoResources extends ClassLoader {
  NoResources() {
    super(NoResources.class.getClassLoader());
  }

  @Override
  public InputStream getResourceAsStream(String name) {
    return null;
  }
}
