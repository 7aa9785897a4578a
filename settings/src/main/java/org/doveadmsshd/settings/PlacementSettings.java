package org.doveadmsshd.settings;

import java.nio.file.Path;
import java.util.List;
import org.doveadmsshd.auth.sql.SqlSettings;

/** How a brain knows which server has a user: the section {@code placement}. */
public sealed interface PlacementSettings {
  /** Calls the method of the visitor that is for this driver. */
  <T, E extends Exception> T accept(Visitor<T, E> visitor) throws E;

  /**
   * Makes something of the settings of any driver.
   *
   * @param <T> what is made of them
   * @param <E> why that may fail
   */
  interface Visitor<T, E extends Exception> {
    T any(Any any) throws E;

    T masks(Masks masks) throws E;

    T file(InFile file) throws E;

    T hash(Hash hash) throws E;

    T passdb(OfPassdb passdb) throws E;

    T sql(Query query) throws E;
  }

  /** Whichever server lists a user. */
  record Any() implements PlacementSettings {
    @Override
    public <T, E extends Exception> T accept(Visitor<T, E> visitor) throws E {
      return visitor.any(this);
    }
  }

  /** The driver {@code static} with masks; the first that a user matches counts. */
  record Masks(List<Mask> masks) implements PlacementSettings {
    public Masks {
      masks = List.copyOf(masks);
    }

    @Override
    public <T, E extends Exception> T accept(Visitor<T, E> visitor) throws E {
      return visitor.masks(this);
    }
  }

  /**
   * Users, and where they are.
   *
   * @param servers names of servers that there are, in the order in which they are asked
   */
  record Mask(String users, List<String> servers) {}

  /** The driver {@code static} with a file of lines. */
  record InFile(Path path) implements PlacementSettings {
    @Override
    public <T, E extends Exception> T accept(Visitor<T, E> visitor) throws E {
      return visitor.file(this);
    }
  }

  /** A hash of the user's name, by the weights of the servers. */
  record Hash() implements PlacementSettings {
    @Override
    public <T, E extends Exception> T accept(Visitor<T, E> visitor) throws E {
      return visitor.hash(this);
    }
  }

  /**
   * The passdbs of the configuration.
   *
   * @param passdbs at least one, of kinds that can be asked for more than a password
   */
  record OfPassdb(List<Backend> passdbs) implements PlacementSettings {
    public OfPassdb {
      passdbs = List.copyOf(passdbs);
    }

    @Override
    public <T, E extends Exception> T accept(Visitor<T, E> visitor) throws E {
      return visitor.passdb(this);
    }
  }

  /** A query. */
  record Query(SqlSettings database, String query) implements PlacementSettings {
    @Override
    public <T, E extends Exception> T accept(Visitor<T, E> visitor) throws E {
      return visitor.sql(this);
    }
  }
}
