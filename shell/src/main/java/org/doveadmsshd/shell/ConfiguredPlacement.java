package org.doveadmsshd.shell;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.doveadmsshd.auth.sql.SqlLookup;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.placement.AnyPlacement;
import org.doveadmsshd.brain.placement.FilePlacement;
import org.doveadmsshd.brain.placement.HashPlacement;
import org.doveadmsshd.brain.placement.MaskPlacement;
import org.doveadmsshd.brain.placement.PassdbPlacement;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.brain.placement.ServerNames;
import org.doveadmsshd.brain.placement.SparingPlacement;
import org.doveadmsshd.brain.placement.SqlPlacement;
import org.doveadmsshd.settings.PlacementSettings;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.PasswordStores;

/** Makes the placement of the configuration; closed, it closes what that has opened. One thread. */
final class ConfiguredPlacement
    implements PlacementSettings.Visitor<Placement, Failure>, Closeable {
  private final List<Settings.ServerSettings> servers;
  private final Predicate<String> takesUsers;
  private final MemoryBudget.Share memory;
  private final List<Closeable> opened = new ArrayList<>();

  /**
   * @param servers all of the configuration
   * @param takesUsers whether a server of that name may be given users at the moment
   * @param memory draws what is kept of a file
   */
  ConfiguredPlacement(
      List<Settings.ServerSettings> servers,
      Predicate<String> takesUsers,
      MemoryBudget.Share memory) {
    this.servers = List.copyOf(servers);
    this.takesUsers = takesUsers;
    this.memory = memory;
  }

  private <T extends Closeable> T closed(T made) {
    opened.add(made);
    return made;
  }

  private ServerNames names() {
    return new ServerNames(
        servers.stream()
            .map(server -> new ServerNames.Known(server.name(), server.host(), server.port()))
            .toList());
  }

  @Override
  public Placement any(PlacementSettings.Any any) {
    return new AnyPlacement(servers.stream().map(Settings.ServerSettings::name).toList());
  }

  @Override
  public Placement masks(PlacementSettings.Masks masks) {
    return new MaskPlacement(
        masks.masks().stream()
            .map(mask -> new MaskPlacement.Rule(new UserMask(mask.users()), mask.servers()))
            .toList());
  }

  /** The file is read here, so that its mistakes are told before anything begins. */
  @Override
  public Placement file(PlacementSettings.InFile file) throws Failure {
    Set<String> names =
        servers.stream().map(Settings.ServerSettings::name).collect(Collectors.toSet());
    FilePlacement placement = closed(new FilePlacement(file.path(), names, memory));
    placement.load();
    return new SparingPlacement(placement);
  }

  @Override
  public Placement hash(PlacementSettings.Hash hash) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    servers.forEach(server -> weights.put(server.name(), server.weight()));
    return new HashPlacement(weights, takesUsers);
  }

  @Override
  public Placement passdb(PlacementSettings.OfPassdb passdb) {
    PasswordStores stores = closed(new PasswordStores(passdb.passdbs()));
    return new SparingPlacement(new PassdbPlacement(stores.all(), names()));
  }

  @Override
  public Placement sql(PlacementSettings.Query query) {
    SqlLookup lookup = closed(new SqlLookup(query.database(), query.query()));
    return new SparingPlacement(new SqlPlacement(lookup, names()));
  }

  @Override
  public void close() {
    for (Closeable each : opened) {
      try {
        each.close();
      } catch (IOException e) {
        // nothing is asked any more
      }
    }
  }
}
