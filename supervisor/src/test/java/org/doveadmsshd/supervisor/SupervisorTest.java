package org.doveadmsshd.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.supervision.LineChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SupervisorTest {
  @TempDir Path directory;
  private Supervisor supervisor;

  /** A userdb that must not be asked. */
  private static final Userdb UNASKED =
      new Userdb() {
        @Override
        public Optional<MailUser> find(String name) {
          throw new AssertionError("asked for " + name);
        }

        @Override
        public boolean canList() {
          return false;
        }

        @Override
        public void forEach(Visitor visitor) {
          throw new AssertionError("asked for all");
        }
      };

  @AfterEach
  void stop() {
    if (supervisor != null) {
      supervisor.stop(Duration.ZERO);
    }
  }

  private Supervisor make(Path baseDir) throws Exception {
    Path file = directory.resolve("sshd.conf");
    Files.writeString(directory.resolve("users"), "");
    Files.writeString(
        file,
        "host_key = key\nbase_dir = %s\nuserdb {\n driver = passwd-file\n args = users\n}\n"
            .formatted(baseDir));
    Supervisor.Site site = new Supervisor.Site(Settings.read(file, List.of()), UNASKED, () -> {});
    supervisor = new Supervisor(site, () -> site, Map.of(Settings.DOVEADM, 0));
    return supervisor;
  }

  private static void start(Supervisor supervisor) throws Failure {
    supervisor.start(new ScriptedProgram());
  }

  private static void assumeRoot() {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root may do that");
  }

  private static LineChannel lines(SocketChannel channel) {
    return new LineChannel(ChannelStreams.in(channel), ChannelStreams.out(channel));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ja\tne", "ja\u0000ne", "ja\u0085ne", "half \ud800"})
  void aNameThatNobodyCanHaveIsRefusedAsAnUnknownUserIs(String name) throws Exception {
    Supervisor asked = make(directory);
    assertThatThrownBy(() -> asked.user(name))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NO_USER));
  }

  @Test
  void rootIsServedAtASocketThatItsGroupMayOpen() throws Exception {
    assumeRoot();
    Path base = directory.resolve("run");
    start(make(base));
    Path socket = base.resolve("supervisor");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw----");
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      LineChannel lines = lines(channel);
      lines.send("RELOAD");
      assertThat(lines.receive()).startsWith("RELOADED");
    }
    supervisor.stop(Duration.ZERO);
    assertThatThrownBy(() -> SocketChannel.open(UnixDomainSocketAddress.of(socket)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whatASupervisorBeforeHasLeftGoes() throws Exception {
    assumeRoot();
    Path base = directory.resolve("run");
    Path workers = Files.createDirectories(base.resolve("workers"));
    Files.createFile(workers.resolve("doveadm.17.1"));
    start(make(base));
    try (Stream<Path> left = Files.list(workers)) {
      assertThat(left).isEmpty();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(workers)))
        .isEqualTo("rwxr-x---");
  }

  @ParameterizedTest
  @CsvSource({"511, 0, false", "511, 65534, false", "493, 65534, false", "493, 0, true"})
  void theDirectoriesAboveBelongToRootAlone(int mode, int owner, boolean starts) throws Exception {
    assumeRoot();
    Path above = Files.createDirectory(directory.resolve("above"));
    Files.setAttribute(above, "unix:uid", owner);
    Files.setAttribute(above, "unix:mode", mode);
    Supervisor made = make(above.resolve("run"));
    if (starts) {
      start(made);
    } else {
      assertThatThrownBy(() -> start(made))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("above must belong to root and be writable for nobody else");
    }
  }

  @Test
  void aDirectoryOfAllWithTheStickyBitMayBeAbove() throws Exception {
    assumeRoot();
    Path above = Files.createDirectory(directory.resolve("above"));
    Files.setAttribute(above, "unix:mode", 01777);
    start(make(above.resolve("run")));
    assertThat(above.resolve("run/supervisor")).exists();
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
    Supervisor made = make(directory.resolve("users/run"));
    assertThatThrownBy(() -> start(made))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
        .hasMessageStartingWith("Cannot make " + directory.resolve("users/run"));
  }

  @Test
  void moreConnectionsThanThereIsRoomForAreClosedAndTheOthersGoOn() throws Exception {
    assumeRoot();
    start(make(directory.resolve("run")));
    UnixDomainSocketAddress address =
        UnixDomainSocketAddress.of(directory.resolve("run/supervisor"));
    List<SocketChannel> open = new ArrayList<>();
    try {
      for (int i = 0; i < 512; i++) {
        open.add(SocketChannel.open(address));
      }
      LineChannel last = lines(open.get(511));
      last.send("RELOAD");
      assertThat(last.receive()).startsWith("RELOADED");
      SocketChannel tooMany = SocketChannel.open(address);
      open.add(tooMany);
      assertThatThrownBy(() -> lines(tooMany).receive()).isInstanceOf(IOException.class);
      last.send("RELOAD");
      assertThat(last.receive()).startsWith("RELOADED");
    } finally {
      for (SocketChannel each : open) {
        each.close();
      }
    }
  }
}
