package org.doveadmsshd.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.settings.Backend;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.setup.dovecot.DoveconfParser;
import org.doveadmsshd.setup.plan.Finding;
import org.doveadmsshd.setup.plan.Plan;
import org.doveadmsshd.setup.plan.Takeover;
import org.junit.jupiter.api.Test;

/** What becomes of single settings. */
class TakeoverTest {
  private static final String HEADER = "# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf\n";
  private static final String USERDB = "userdb {\n driver = passwd\n}\n";

  private static Plan plan(String text, Map<String, String> files) throws Failure {
    try (Workbench bench = new Workbench()) {
      Plan plan =
          Takeover.plan(
              DoveconfParser.parse(HEADER + text, "doveconf"),
              Shape.surroundings("none"),
              path -> {
                if (!files.containsKey(path)) {
                  throw new Failure(
                      Outcome.NO_PERMISSION, path + " cannot be read: Permission denied");
                }
                return files.get(path);
              },
              bench);
      bench.read(plan);
      return plan;
    }
  }

  private static Settings settings(Plan plan) throws Failure {
    try (Workbench bench = new Workbench()) {
      return bench.read(plan);
    }
  }

  @Test
  void aFormatThatIsNotMaildirEndsItByName() throws Exception {
    Plan plan = plan("mail_location = mdbox:~/mdbox\n" + USERDB, Map.of());
    assertThat(plan.all(Finding.Kind.NEEDED))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.setting()).isEqualTo("mail_location");
              assertThat(finding.text()).contains("mdbox:~/mdbox", "only Maildir");
            });
  }

  @Test
  void withoutAUserdbThatDoveadmCouldAskNothingIsWritten() throws Exception {
    Plan plan =
        Takeover.plan(
            DoveconfParser.parse(HEADER + "userdb {\n driver = prefetch\n}\n", "doveconf"),
            Shape.surroundings("none"),
            path -> "",
            (piece, file) -> List.of());
    assertThat(plan.all(Finding.Kind.NEEDED)).extracting(Finding::setting).contains("userdb");
  }

  @Test
  void aFileThatCannotBeReadIsNamedAndTheRunningDovecotAsked() throws Exception {
    Plan plan = plan("userdb {\n driver = sql\n args = /etc/dovecot/x.conf.ext\n}\n", Map.of());
    assertThat(Shape.said(plan, "userdb sql"))
        .contains("/etc/dovecot/x.conf.ext cannot be read: Permission denied");
    assertThat(Shape.said(plan, "service auth")).as("who lists there").contains("unix_listener");
    assertThat(settings(plan).auth().userdbs().get(0).backend())
        .isInstanceOf(Backend.Dovecot.class);
  }

  @Test
  void aVariableThatIsNotKnownIsNamed() throws Exception {
    Plan plan =
        plan("userdb {\n driver = static\n args = uid=1000 home=/x/%{passwd:odd}\n}\n", Map.of());
    assertThat(Shape.said(plan, "userdb static")).contains("%{passwd:odd}");
  }

  @Test
  void aSettingThatIsNotKnownIsNamedWithoutItsValue() throws Exception {
    Plan plan = plan("brand_new_secret = abc\n" + USERDB, Map.of());
    assertThat(Shape.said(plan, "brand_new_secret")).isEqualTo("not known here");
    assertThat(plan.configuration()).doesNotContain("abc");
  }

  @Test
  void whatIsOfOtherServicesIsOnlyCounted() throws Exception {
    Plan plan = plan("protocols = imap\nssl = no\nimap_capability = +X\n" + USERDB, Map.of());
    assertThat(plan.elsewhere()).isEqualTo(3);
    assertThat(Shape.said(plan, "ssl")).isEqualTo("nothing");
  }

  @Test
  void fieldsThatOverrideAreAskedForAfterwards() throws Exception {
    Plan plan =
        plan(
            "userdb {\n driver = passwd\n args = blocking=no\n override_fields = uid=5000 home=/srv/%u\n}\n",
            Map.of());
    List<Backend.UserdbSection> userdbs = settings(plan).auth().userdbs();
    assertThat(userdbs).hasSize(2);
    assertThat(userdbs.get(0).backend()).isInstanceOf(Backend.System.class);
    assertThat(((Backend.Static) userdbs.get(1).backend()).fields())
        .containsEntry("home", "/srv/%u");
  }

  @Test
  void usersOfAStaticUserdbAreListedFromTheirPasswords() throws Exception {
    Plan plan =
        plan(
            "passdb {\n driver = passwd-file\n args = /etc/passwd\n}\n"
                + "userdb {\n driver = static\n args = uid=5000 gid=5000 home=/srv/%u\n}\n",
            Map.of());
    assertThat(Shape.said(plan, "passdb passwd-file")).contains("lists the users");
    assertThat(settings(plan).auth().userdbs()).hasSize(2);
  }

  @Test
  void aQuotaWhosePluginIsNotLoadedIsNone() throws Exception {
    Plan plan = plan("plugin {\n quota = count:x\n}\n" + USERDB, Map.of());
    assertThat(settings(plan).mail().quota().quota()).isEmpty();
    assertThat(Shape.said(plan, "plugin/quota")).contains("mail_plugins has no quota");
  }

  @Test
  void passwordsOfMailUsersAreOnlyComments() throws Exception {
    Plan plan =
        plan("passdb {\n driver = pam\n args = session=yes dovecot\n}\n" + USERDB, Map.of());
    assertThat(settings(plan).auth().passdbs()).isEmpty();
    assertThat(plan.configuration()).contains("#  driver = pam\n#  args = dovecot\n");
  }

  @Test
  void aNamespaceThatCannotStandBesideTheOthersIsNamed() throws Exception {
    Plan plan =
        plan(
            "namespace inbox {\n inbox = yes\n separator = .\n mailbox Trash {\n special_use = \\Trash\n }\n}\n"
                + "namespace archive {\n separator = x\n prefix = Archive.\n}\n"
                + USERDB,
            Map.of());
    assertThat(settings(plan).mail().namespaces().all())
        .singleElement()
        .satisfies(namespace -> assertThat(namespace.name()).isEqualTo("inbox"));
    assertThat(plan.all(Finding.Kind.NOT_TAKEN))
        .extracting(Finding::setting)
        .contains("namespace archive");
    assertThat(plan.configuration()).contains("special_use = \\Trash");
  }

  @Test
  void valuesCannotBecomeOtherSettings() throws Exception {
    Plan plan =
        plan(
            "namespace \"x {\" {\n inbox = yes\n prefix = \"a\\\" } port = 1\"\n}\n"
                + "userdb {\n driver = static\n args = uid=1 home=/srv/%u/}\n}\n",
            Map.of());
    assertThat(settings(plan).ssh().port()).isEqualTo(2222);
  }
}
