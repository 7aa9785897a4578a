package org.doveadmsshd.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Confine;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespaces;
import org.doveadmsshd.accounts.UserMail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerSettingsTest {
  private static final Namespaces NAMESPACES =
      new Namespaces(
          List.of(
              new Namespace(
                  "in\tbox",
                  Namespace.Type.PRIVATE,
                  "IN=BOX/",
                  '/',
                  Optional.empty(),
                  true,
                  Namespace.Listed.YES,
                  true,
                  false,
                  Optional.empty(),
                  List.of(
                      new Namespace.ConfiguredMailbox(
                          "Sent\tItems", Set.of("\\Sent", "\\Flagged"), Namespace.Auto.SUBSCRIBE),
                      new Namespace.ConfiguredMailbox("Trash", Set.of(), Namespace.Auto.NO))),
              new Namespace(
                  "shared",
                  Namespace.Type.SHARED,
                  "shared/%%u/",
                  '/',
                  Optional.of("maildir:%%h/Mail\001dir"),
                  false,
                  Namespace.Listed.CHILDREN,
                  false,
                  true,
                  Optional.of(""),
                  List.of())));

  private static final WorkerSettings SETTINGS =
      new WorkerSettings(
          (int) 4_294_967_294L,
          077,
          Confine.SITE,
          false,
          Map.of(Resource.DATA, 256L << 20, Resource.CORE, 0L),
          new UserMail("maildir:~/Mail\tdir=%u", NAMESPACES),
          Duration.ofMillis(1500),
          true,
          new WorkerSettings.Compression("zstd", "", 1L << 30),
          "count:User quota",
          List.of("*:storage=1G", "Trash:ignore", "*:storage=1G"));

  private static List<String> line() {
    return new ArrayList<>(List.of(SETTINGS.line()));
  }

  @Test
  void theLineOfSettingsIsReadAsTheSame() {
    assertThat(SETTINGS.line()).startsWith("SETTINGS", "peer=4294967294");
    assertThat(WorkerSettings.read(line())).isEqualTo(SETTINGS);
  }

  @Test
  void everyResourceHasItsLimit() {
    for (Resource each : Resource.values()) {
      WorkerSettings one =
          new WorkerSettings(
              0,
              0,
              Confine.NO,
              true,
              Map.of(each, 7L),
              UserMail.at(""),
              Duration.ZERO,
              false,
              new WorkerSettings.Compression("no", "", 1),
              "",
              List.of());
      assertThat(WorkerSettings.read(Arrays.asList(one.line()))).isEqualTo(one);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "peer",
        "umask",
        "confine",
        "lock_stacks",
        "mail_location",
        "lock_timeout",
        "mail_cache",
        "mail_compress",
        "mail_compress_level",
        "mail_inflate_limit",
        "quota"
      })
  void aLineThatLacksASettingIsRefused(String name) {
    List<String> line = line();
    assertThat(line.removeIf(value -> value.startsWith(name + "="))).isTrue();
    assertThatThrownBy(() -> WorkerSettings.read(line))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "peer, -1",
    "peer, jane",
    "peer, 4294967296",
    "umask, 0x1",
    "confine, maybe",
    "confine, yes",
    "confine, true",
    "confine, ''",
    "lock_stacks, ''",
    "mail_cache, 1",
    "mail_inflate_limit, 1G",
    "lock_timeout, 30s",
    "DATA, 1G",
    "CORE, ''",
  })
  void aValueThatIsNoneIsRefused(String name, String value) {
    List<String> line = line();
    line.replaceAll(each -> each.startsWith(name + "=") ? name + "=" + value : each);
    assertThatThrownBy(() -> WorkerSettings.read(line))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"settings", "USER", ""})
  void anotherLineIsRefused(String first) {
    List<String> line = line();
    line.set(0, first);
    assertThatThrownBy(() -> WorkerSettings.read(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SETTINGS");
  }
}
