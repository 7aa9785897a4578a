package org.doveadmsshd.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.settings.Backend;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.setup.dovecot.DovecotPrograms;
import org.doveadmsshd.setup.plan.Finding;
import org.doveadmsshd.setup.plan.Plan;
import org.doveadmsshd.setup.plan.PlannedFile;
import org.doveadmsshd.setup.plan.Takeover;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations of well-known shapes are taken over. */
class ShapesTest {
  @TempDir Path directory;

  static Stream<String> shapes() {
    return Shape.ALL.stream();
  }

  private record Taken(Plan plan, Settings settings) {
    List<Class<?>> userdbs() {
      return settings.auth().userdbs().stream()
          .<Class<?>>map(each -> each.backend().getClass())
          .toList();
    }
  }

  private Taken taken(String shape) throws Exception {
    try (Workbench bench = new Workbench()) {
      Plan plan = new Shape(shape, directory).plan(bench);
      return new Taken(plan, bench.read(plan));
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void whatIsMadeOfEachIsAConfigurationWithoutMistakes(String shape) throws Exception {
    Taken taken = taken(shape);
    assertThat(taken.plan().all(Finding.Kind.NEEDED)).isEmpty();
    assertThat(taken.settings().auth().userdbs()).isNotEmpty();
    assertThat(taken.settings().masters()).containsOnlyKeys("admin");
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void whatIsMadeForSupervisorAndLookIsOneToo(String shape) throws Exception {
    for (String isolation : List.of("process", "thread")) {
      try (Workbench bench = new Workbench()) {
        Shape made = new Shape(shape, directory);
        Plan plan =
            Takeover.plan(
                made.dovecot(),
                Shape.surroundings(isolation),
                path -> DovecotPrograms.read(Path.of(path)),
                bench);
        assertThat(bench.read(plan).work().isolation().kind().name().toLowerCase(Locale.ROOT))
            .isEqualTo(isolation);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void passwordsGetIntoFilesOfTheirOwnAndNowhereElse(String shape) throws Exception {
    Plan plan = taken(shape).plan();
    assertThat(plan.configuration()).doesNotContain("s3cret");
    assertThat(plan.toString()).doesNotContain("s3cret");
    assertThat(plan.findings()).noneMatch(finding -> finding.text().contains("s3cret"));
  }

  @Test
  void ispmailHasItsUsersInADatabase() throws Exception {
    Taken taken = taken("ispmail");
    assertThat(taken.userdbs()).containsExactly(Backend.Sql.class);
    assertThat(taken.settings().mail().location()).isEqualTo("maildir:~/Maildir");
    assertThat(taken.settings().mail().quota().quota()).isEqualTo("maildir:User quota");
    assertThat(taken.plan().files())
        .extracting(PlannedFile::name)
        .containsExactly("dovecot-sql.conf.ext");
    assertThat(taken.plan().files().get(0).text())
        .contains("password=s3cret-of-ispmail", "iterate_query = SELECT email AS user");
    assertThat(taken.settings().auth().passdbs()).as("mail users are no masters").isEmpty();
  }

  @Test
  void mailcowHasTwoUserdbsAndADatabaseAtASocket() throws Exception {
    Taken taken = taken("mailcow");
    assertThat(taken.userdbs())
        .containsExactly(Backend.Static.class, Backend.PasswdFile.class, Backend.Sql.class);
    assertThat(Shape.said(taken.plan(), "connect/host")).contains("127.0.0.1");
    assertThat(taken.plan().files().get(0).text()).contains("host=127.0.0.1 dbname=mailcow");
    assertThat(Shape.said(taken.plan(), "passdb lua")).contains("masters have keys");
    assertThat(Shape.said(taken.plan(), "plugin/quota")).contains("expected count");
    assertThat(Shape.said(taken.plan(), "plugin/mail_crypt_save_version")).contains("encrypted");
    assertThat(taken.settings().auth().passdbs()).hasSize(1);
    assertThat(taken.plan().configuration()).contains("#master_user mailcow-sogo@mailcow.local {");
    assertThat(Shape.said(taken.plan(), "mail_shared_explicit_inbox")).isEqualTo("not known here");
    assertThat(taken.settings().mail().namespaces().all())
        .extracting(namespace -> namespace.name() + " " + namespace.prefix())
        .contains("inbox ", "shared Shared/%%u/");
  }

  @Test
  void ofMailuTheRunningDovecotIsAsked() throws Exception {
    Taken taken = taken("mailu");
    assertThat(taken.userdbs()).containsExactly(Backend.Dovecot.class);
    assertThat(Shape.said(taken.plan(), "userdb dict")).contains("the running Dovecot is asked");
    assertThat(Shape.said(taken.plan(), "userdb")).endsWith("/run/dovecot/auth-userdb");
    assertThat(Shape.said(taken.plan(), "service auth"))
        .as("users are listed there")
        .isEqualTo("nothing");
  }

  @Test
  void dockerMailserverHasAFileOfUsers() throws Exception {
    Taken taken = taken("docker-mailserver");
    assertThat(taken.userdbs()).containsExactly(Backend.Static.class, Backend.PasswdFile.class);
    Backend.Static defaults = (Backend.Static) taken.settings().auth().userdbs().get(0).backend();
    assertThat(defaults.fields())
        .containsEntry("uid", "docker")
        .containsEntry("home", "/var/mail/%d/%n/home/");
    assertThat(taken.settings().mail().quota().rules())
        .contains("*:storage=0M", "Trash:storage=+50M");
    assertThat(taken.plan().configuration())
        .contains("#master_user postmaster {", "#master_user backup {");
  }

  @Test
  void iredmailTellsTheServiceInItsQueries() throws Exception {
    Taken taken = taken("iredmail");
    assertThat(taken.userdbs()).containsExactly(Backend.Static.class, Backend.Sql.class);
    assertThat(taken.settings().mail().location()).contains("h/Maildir/");
    assertThat(taken.settings().work().isolation().lastUid()).isEqualTo(2000);
    assertThat(taken.settings().mail().namespaces().all())
        .extracting(namespace -> namespace.separator())
        .containsOnly('/');
  }

  @Test
  void ofIspconfigPrefetchIsLeftOutAsDoveadmDoes() throws Exception {
    Taken taken = taken("ispconfig");
    assertThat(taken.userdbs()).containsExactly(Backend.Sql.class);
    assertThat(Shape.said(taken.plan(), "userdb prefetch")).contains("logins");
  }

  @Test
  void modoboaHasMastersInItsDatabase() throws Exception {
    Taken taken = taken("modoboa");
    assertThat(taken.userdbs()).containsExactly(Backend.Sql.class);
    assertThat(taken.settings().auth().passdbs()).hasSize(1);
    assertThat(taken.plan().files())
        .extracting(PlannedFile::name)
        .containsExactlyInAnyOrder("dovecot-sql.conf.ext", "dovecot-sql-master.conf.ext");
  }

  @Test
  void mailInABoxPutsTextsBetweenTheQuotesOfNames() throws Exception {
    Taken taken = taken("mail-in-a-box");
    assertThat(taken.userdbs()).containsExactly(Backend.Sql.class);
    assertThat(taken.plan().files().get(0).text())
        .contains("'/home/user-data/mail/mailboxes/%d/%n' AS home");
    assertThat(taken.settings().work().isolation().firstUid()).isZero();
  }

  @Test
  void ofANewerDovecotAllIsInOneFile() throws Exception {
    Taken taken = taken("newer");
    assertThat(taken.userdbs()).containsExactly(Backend.Static.class, Backend.Sql.class);
    Backend.Static defaults = (Backend.Static) taken.settings().auth().userdbs().get(0).backend();
    assertThat(defaults.fields()).containsEntry("home", "/srv/mail/%Ld/%n");
    Backend.Sql sql = (Backend.Sql) taken.settings().auth().userdbs().get(1).backend();
    assertThat(sql.settings().userQuery())
        .isEqualTo(
            Optional.of("SELECT home, uid, gid FROM users WHERE name = '%n' AND domain = '%d'"));
    assertThat(sql.settings().connect())
        .contains("host=db.example.org", "dbname=mail", "user=dovecot");
    assertThat(taken.settings().mail().quota().quota()).isEqualTo("count:User quota");
    assertThat(taken.settings().mail().quota().rules())
        .contains("*:storage=2G", "Trash:storage=+100M");
  }

  @Test
  void ofADirectoryCertificatesAreVerifiedWhateverDovecotDoes() throws Exception {
    Taken taken = taken("ldap");
    assertThat(taken.userdbs()).containsExactly(Backend.Ldap.class);
    assertThat(Shape.said(taken.plan(), "dovecot-ldap.conf.ext/tls_require_cert"))
        .contains("always verified");
  }

  @Test
  void mailIsLookedForWhereDovecotHasItsParts() throws Exception {
    Taken taken = taken("places");
    assertThat(taken.settings().mail().location())
        .isEqualTo(
            "maildir:~/mail:LAYOUT=fs:CONTROL=/srv/control/%d/%n:INDEX=/srv/index/%d/%n:INBOX=~/inbox:DIRNAME=m");
    assertThat(taken.plan().configuration()).doesNotContain("mail_location: ");
    assertThat(taken("newer-places").settings().mail().location())
        .isEqualTo(
            "maildir:~/mail:INDEX=/srv/index/%u:CONTROL=/srv/control/%d/%n:INBOX=~/mail/inbox"
                + ":FULLDIRNAME=m:SUBSCRIPTIONS=.subscriptions:LAYOUT=fs:UTF-8:NO-NOSELECT");
  }

  @Test
  void newMailIsCompressedAsDovecotDoesIt() throws Exception {
    assertThat(compression("mailu")).isEqualTo("zstd 6");
    assertThat(compression("mailcow")).isEqualTo("zstd ");
    assertThat(compression("newer-places")).isEqualTo("zstd 7");
    assertThat(compression("newer")).isEqualTo("no ");
  }

  private String compression(String shape) throws Exception {
    Settings.CompressionSettings compression = taken(shape).settings().mail().compression();
    return compression.method() + " " + compression.level();
  }

  @Test
  void aLevelThatIsNotThereIsNamedAndTheMethodTakenWithoutIt() throws Exception {
    assertThat(compression("places")).isEqualTo("xz ");
    Plan plan = taken("places").plan();
    assertThat(Shape.said(plan, "plugin/zlib_save")).isEqualTo("xz");
    assertThat(Shape.said(plan, "plugin/zlib_save_level"))
        .startsWith("9: the usual level is taken")
        .contains("0 to 6");
    assertThat(plan.configuration()).contains("#   plugin/zlib_save_level: 9: ");
  }
}
