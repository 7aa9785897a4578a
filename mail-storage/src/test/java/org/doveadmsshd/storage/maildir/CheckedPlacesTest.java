package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.doveadmsshd.storage.MailStore.PathType;
import org.doveadmsshd.storage.Oddity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is odd is found wherever a location has mail and lists. */
class CheckedPlacesTest {
  private static final String APART = "maildir:~/m:LAYOUT=fs:CONTROL=~/c:INDEX=~/i:INBOX=~/in";

  @TempDir Path directory;

  private PlacesOfMail places(String template) throws Exception {
    return new PlacesOfMail(directory.resolve("home"), template);
  }

  private static List<Oddity> odd(PlacesOfMail places) throws Exception {
    List<Oddity> found = new ArrayList<>();
    places.with(store -> store.check(found::add));
    return found;
  }

  private static List<String> lines(PlacesOfMail places) throws Exception {
    String home = places.home + "/";
    return odd(places).stream()
        .map(each -> each.mailbox() + " | " + each.file().replace(home, "~/") + " | " + each.what())
        .sorted()
        .toList();
  }

  private static void run(String line, Path in) throws Exception {
    Process bash = new ProcessBuilder("bash", "-c", line).directory(in.toFile()).start();
    assertThat(bash.waitFor(20, TimeUnit.SECONDS)).as(line).isTrue();
    assertThat(bash.exitValue()).as(line).isZero();
  }

  private static void mend(PlacesOfMail places) throws Exception {
    for (Oddity each : odd(places)) {
      if (each.mend() instanceof Oddity.Mend.System) {
        run(each.mend().line("jane"), places.home);
      }
    }
  }

  private static void fill(PlacesOfMail places, String... names) throws Exception {
    places.with(
        store -> {
          for (String name : names) {
            store.create(name, Optional.empty());
            PlacesOfMail.save(store, name, "x");
            PlacesOfMail.flag(store, name, "$Label");
          }
          PlacesOfMail.save(store, "INBOX", "x");
          PlacesOfMail.flag(store, "INBOX", "$Label");
          store.subscribe(List.of(names), true);
        });
    run("find . -path '*/new/*' -execdir mv -t ../cur {} +; chmod -R u+rwX,go= .", places.home);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "maildir:~/m:LAYOUT=fs",
        "maildir:~/m:LAYOUT=fs:DIRNAME=d:UTF-8:SUBSCRIPTIONS=.subs",
        "maildir:~/m:LAYOUT=fs:FULLDIRNAME=d:CONTROL=~/c",
        APART
      })
  void nothingIsOddAboutMailThatWasSavedThere(String template) throws Exception {
    PlacesOfMail places = places(template);
    fill(places, "A/B/C", "\u00dcml/x.y");
    Files.createDirectories(places.home.resolve("m/Parent/Inside"));
    assertThat(lines(places)).isEmpty();
    run("rm -r m", places.home);
    assertThat(lines(places)).isEmpty();
  }

  @Test
  void nothingIsOddInAMaildirPlusPlusTreeWithItsListsElsewhere() throws Exception {
    PlacesOfMail places = places("maildir:~/m:CONTROL=~/c:INDEX=~/i");
    fill(places, "A.B");
    assertThat(lines(places)).isEmpty();
    run("rm -r c", places.home);
    assertThat(lines(places))
        .containsExactly(
            "A.B | ~/c/.A.B/dovecot-keywords | letters without names: a",
            "INBOX | ~/c/.INBOX/dovecot-keywords | letters without names: a");
    assertThat(places.home.resolve("c")).doesNotExist();
  }

  @Test
  void whatIsOddIsFoundWhereItLiesAndMendedThere() throws Exception {
    PlacesOfMail places = places(APART);
    fill(places, "A/B");
    run(
        "mkdir -p i/A/B 'm/A/a&b/cur' m/A/new; ln -s /tmp m/A/link; echo nonsense >> c/A/B/dovecot-keywords;"
            + "echo 'Bad&' >> c/subscriptions; echo nonsense > c/INBOX/dovecot-uidlist;"
            + "touch i/A/B/dovecot.index; chmod o+w i/A/B/dovecot.index; mkdir in/cur/dir;"
            + "chmod -R g= m i; chmod o= m/A/new i/A/B",
        places.home);
    assertThat(lines(places))
        .containsExactly(
            " | A/a&b | no name of a mailbox",
            " | ~/c/subscriptions | damaged list: lines that name no mailbox: 4",
            "A | A/cur | no cur: Dovecot sees no mailbox",
            "A/B | ~/c/A/B/dovecot-keywords | damaged list: lines that name no letter: 2",
            "A/B | ~/i/A/B/dovecot.index | wrong mode: mode 0606",
            "A/link | A/link | symbolic link: it is not followed",
            "INBOX | ~/c/INBOX/dovecot-uidlist | damaged list: line 1: unknown version",
            "INBOX | ~/in/cur/dir | does not belong here: a directory");
    mend(places);
    assertThat(lines(places)).singleElement().asString().startsWith("INBOX | ~/c/INBOX/");
    assertThat(places.names()).contains("A/a_b-renamed");
  }

  @Test
  void nothingIsMadeOrChangedByLooking() throws Exception {
    PlacesOfMail places = places(APART);
    fill(places, "A/B");
    places.with(store -> Files.createDirectories(Path.of(store.path("A/B", PathType.INDEX))));
    run("rm -r c/A/B; ln -s /tmp m/A/link; echo x > c/INBOX/dovecot-keywords", places.home);
    run("find . -exec touch -h -d '3 days ago' {} +", places.home); // any access would be noted
    Map<Path, String> before = statuses(places.home);
    assertThat(odd(places)).isNotEmpty();
    assertThat(statuses(places.home)).isEqualTo(before);
  }

  private static Map<Path, String> statuses(Path home) throws Exception {
    Map<Path, String> statuses = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(home)) {
      files = all.toList();
    }
    for (Path file : files) {
      boolean isLink = Files.isSymbolicLink(file); // to know what is behind it is to follow it
      String times = isLink ? "" : "lastAccessTime,lastModifiedTime,";
      Map<String, Object> unix =
          Files.readAttributes(
              file, "unix:" + times + "mode,uid,gid,ino,nlink,size", LinkOption.NOFOLLOW_LINKS);
      statuses.put(file, new TreeMap<>(unix).toString());
    }
    return statuses;
  }
}
