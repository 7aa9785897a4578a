package org.doveadmsshd.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.setup.checked.Mail;
import org.doveadmsshd.setup.written.NewFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From what doveconf has printed to files, on a machine whose mail is made up. */
class SetupTest {
  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5HsVUxzQ5CsC0Ud5UkwJNaEFLrOJDRVuApNZqfZPvJ jane@desk\n";
  private static final String HEADER = "# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf\n";

  @TempDir Path directory;
  private Path configuration;
  private Path printed;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void begin() throws Exception {
    configuration = directory.resolve("etc/doveadm-sshd.conf");
    printed = directory.resolve("doveconf");
    Files.createDirectories(directory.resolve("home/.ssh"));
    Files.writeString(directory.resolve("home/.ssh/id_ed25519.pub"), KEY);
    Files.writeString(
        directory.resolve("users"),
        "jane:{PLAIN}s3cret:5000:5000::/srv/mail/jane::\njoe::5000:5000::/srv/mail/joe::\n");
    print("userdb {\n driver = passwd-file\n args = " + directory.resolve("users") + "\n}\n");
  }

  private void print(String text) throws Exception {
    Files.writeString(printed, HEADER + "mail_location = maildir:~/Maildir\n" + text);
  }

  /** Every user has the same mail. */
  private static final class MadeUp implements Mail {
    @Override
    public String run(Settings settings, Userdb users, List<String> words) {
      return "mailbox\tmessages\tunseen\nINBOX\t1200\t7\n";
    }

    @Override
    public boolean canRead(NewFile.Owner user, Path file) {
      return false;
    }
  }

  private Setup setup(boolean dryRun, boolean force) {
    SetupRequest request =
        new SetupRequest(
            configuration,
            Optional.empty(),
            Optional.of(printed),
            Optional.empty(),
            "admin",
            List.of("127.0.0.1"),
            2222,
            List.of(),
            dryRun,
            force);
    Machine machine =
        new Machine(false, Optional.empty(), directory.resolve("home"), directory.resolve("root"));
    return new Setup(
        request, machine, new MadeUp(), new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private List<String> files() throws Exception {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.map(each -> directory.relativize(each).toString()).sorted().toList();
    }
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void aDryRunSaysAllAndWritesNothing() throws Exception {
    List<String> before = files();
    assertThat(setup(true, false).run()).isZero();
    assertThat(files()).isEqualTo(before);
    assertThat(said())
        .contains(
            "2 users listed, 2 opened",
            "1,200",
            "Would write",
            configuration.toString(),
            "--dry-run");
  }

  @Test
  void whatItHasWrittenIsAConfigurationThatOthersCannotRead() throws Exception {
    assertThat(setup(false, false).run()).isZero();
    Settings settings = Settings.read(configuration, List.of());
    assertThat(settings.masters()).containsOnlyKeys("admin");
    assertThat(mode(configuration)).isEqualTo("rw-r-----");
    Path key = directory.resolve("etc/authorized_keys/admin");
    assertThat(Files.readString(key)).isEqualTo(KEY.replace(" jane@desk", ""));
    assertThat(mode(directory.resolve("etc/state/host_ed25519"))).isEqualTo("rw-------");
    assertThat(said()).contains("ssh -p 2222").contains("setup --undo").doesNotContain("s3cret");
  }

  @Test
  void undoneNothingOfItIsLeft() throws Exception {
    List<String> before = files();
    setup(false, false).run();
    assertThat(setup(false, false).undo()).isZero();
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void nothingIsReplacedUnlessThatIsSaid() throws Exception {
    Files.createDirectories(configuration.getParent());
    Files.writeString(configuration, "# by hand\n");
    List<String> before = files();
    assertThatThrownBy(() -> setup(false, false).run())
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(73))
        .hasMessageContaining("--force");
    assertThat(files()).isEqualTo(before);
    assertThat(setup(false, true).run()).isZero();
    assertThat(Files.readString(Path.of(configuration + ".before-setup"))).isEqualTo("# by hand\n");
  }

  @Test
  void aUserdbThatListsNobodyIsSaidAndEndsAsNoUser() throws Exception {
    Files.writeString(directory.resolve("users"), "");
    assertThat(setup(false, false).run()).isEqualTo(67);
    assertThat(said()).contains("0 users listed", "No user was found");
  }

  @Test
  void withoutAKeyNothingIsWritten() throws Exception {
    Files.writeString(directory.resolve("home/.ssh/id_ed25519.pub"), "command=\"backup\" " + KEY);
    List<String> before = files();
    assertThatThrownBy(() -> setup(false, false).run())
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(64))
        .hasMessageContaining("--key");
    assertThat(files()).isEqualTo(before);
    assertThat(setup(true, false).run()).isZero();
    assertThat(said()).contains("no public key was found; name one with --key");
  }

  @Test
  void anotherFormatWritesNothing() throws Exception {
    Files.writeString(
        printed, HEADER + "mail_location = mbox:~/mail\nuserdb {\n driver = passwd\n}\n");
    assertThatThrownBy(() -> setup(false, false).run())
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(78))
        .hasMessageContaining("mbox:~/mail");
  }

  @Test
  void mailOfSeveralUsersOfTheSystemNeedsASupervisor() throws Exception {
    Files.writeString(
        directory.resolve("users"),
        "jane::5000:5000::/srv/mail/jane::\njoe::5001:5001::/srv/mail/joe::\n");
    assertThat(setup(true, false).run()).isZero();
    assertThat(said()).contains("2 users of the system", "doveadm-supervisor");
  }

  @Test
  void whatTheServerCannotReadIsNamedWithTheCommandThatHelps() throws Exception {
    setup(true, false).run();
    assertThat(said()).contains("setfacl -m u:").contains(directory.resolve("users").toString());
  }
}
