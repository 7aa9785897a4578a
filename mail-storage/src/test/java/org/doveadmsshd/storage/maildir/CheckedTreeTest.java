package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.MailLocation;
import org.doveadmsshd.posix.Host;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.Oddity;
import org.doveadmsshd.storage.Oddity.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found odd in a tree, and what mends it. */
class CheckedTreeTest {
  private static final String MAIL = "Subject: x\n\nx\n";

  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void makeTree() throws Exception {
    tree = new MaildirTree(home);
    run("chmod -R u+rwX,go= " + tree.root);
  }

  private static void run(String line) throws Exception {
    Process bash = new ProcessBuilder("bash", "-c", line).inheritIO().start();
    assertThat(bash.waitFor(20, TimeUnit.SECONDS)).as(line).isTrue();
    assertThat(bash.exitValue()).as(line).isZero();
  }

  private List<Oddity> odd() throws Exception {
    List<Oddity> found = new ArrayList<>();
    try (MailStore store = tree.open()) {
      store.check(found::add);
    }
    return found;
  }

  private List<String> lines() throws Exception {
    return odd().stream().map(each -> each.file() + " | " + each.what()).sorted().toList();
  }

  /** Carries out what is to mend it. */
  private void mend() throws Exception {
    for (Oddity each : odd()) {
      if (each.mend() instanceof Oddity.Mend.System) {
        run(each.mend().line("jane"));
      }
    }
  }

  @Test
  void nothingIsOddAboutMailThatWasSavedHere() throws Exception {
    try (MailStore store = tree.open()) {
      store.create("Sent.Deep", Optional.empty());
      store.subscribe(List.of("Sent.Deep", "Gone", "Ümläut"), true);
      for (String name : List.of("INBOX", "Sent.Deep")) {
        try (Mailbox mailbox = store.find(name).orElseThrow();
            Delivery delivery = mailbox.deliver()) {
          Delivery.About about =
              new Delivery.About(
                  Flags.of(List.of(), List.of("$Label")),
                  OptionalLong.empty(),
                  Optional.empty(),
                  OptionalLong.empty());
          delivery.save(new ByteArrayInputStream(MAIL.getBytes(StandardCharsets.UTF_8)), about);
          delivery.commit();
        }
      }
    }
    assertThat(odd()).isEmpty();
  }

  @Test
  void aUserWithoutMailHasNothingOdd() throws Exception {
    run("rm -r " + tree.root);
    assertThat(odd()).isEmpty();
  }

  @Test
  void whatIsOddAboutNamesIsFoundAndMended() throws Exception {
    tree.mail("cur/1.a,S=14:2,S", MAIL);
    tree.mail("cur/2.b,S=15:2,", MAIL);
    tree.mail("new/3.c:2,FS", MAIL);
    tree.mail("cur/.hidden", MAIL);
    tree.mail("new/:2,S", MAIL);
    tree.mail("cur/5\n'e", MAIL);
    tree.mail("cur/.nfs0001", MAIL);
    assertThat(lines())
        .containsExactly(
            "cur/.hidden | no name of a mail",
            "cur/2.b,S=15:2, | wrong size in the name: 15 bytes, the file has 14",
            "cur/5\ufffd'e | no name of a mail",
            "new/3.c:2,FS | flags in new: FS",
            "new/:2,S | no name of a mail");
    mend();
    assertThat(odd()).isEmpty();
    try (Stream<Path> mails = Files.list(tree.root.resolve("new"))) {
      assertThat(mails).hasSize(3);
    }
    assertThat(tree.root.resolve("cur/2.b,S=14:2,")).exists();
  }

  @Test
  void sizesOfCompressedMailsAreThoseOfTheMails() throws Exception {
    for (String begin : List.of("1f8b08", "425a6839", "28b52ffd00", "fd377a585a0000")) {
      byte[] bytes = HexFormat.of().parseHex(begin);
      Files.write(tree.root.resolve("cur/" + begin + ",S=999:2,"), bytes);
    }
    Files.writeString(tree.root.resolve("cur/lz4,S=999:2,"), "Dovecot-LZ4\r*");
    Files.writeString(tree.root.resolve("cur/encrypted,S=999:2,"), "CRYPTED\3\7");
    assertThat(odd()).isEmpty();
  }

  @Test
  void ownersModesAndFilesOfOtherKindsAreFoundAndMended() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    run("chown -R 4711 " + tree.root);
    for (String name : List.of("own", "foreign", "secret", "open")) {
      tree.mail("cur/" + name, MAIL);
    }
    String cur = tree.root + "/cur";
    run("cd " + cur + " && chown 4711 own secret open && chmod 0 secret && chmod 606 open");
    run("cd " + cur + " && ln -s /etc/passwd link && mkdir dir && mkfifo fifo && chown 4711 dir");
    run("mkdir -m 500 " + tree.root + "/.Shut && chown 4711 " + tree.root + "/.Shut");
    run("install -d -o 4711 -m 700 " + tree.root + "/.Shut/{cur,new,tmp}");
    assertThat(lines())
        .containsExactly(
            ".Shut | wrong mode: mode 0500",
            "cur/dir | does not belong here: a directory",
            "cur/fifo | does not belong here: no file",
            "cur/foreign | foreign owner: uid 0, not 4711",
            "cur/link | symbolic link: it is not followed",
            "cur/open | wrong mode: mode 0606",
            "cur/secret | unreadable: mode 0000");
    mend();
    assertThat(odd()).isEmpty();
    assertThat(Path.of("/etc/passwd")).exists();
  }

  @Test
  void mailboxesThatAreNoneAndPartsThatAreMissingAreFoundAndMended() throws Exception {
    run("umask 077; mkdir -p .Half/new .Empty '.Odd&name/cur' ..DOVECOT-TRASHED/cur", tree.root);
    run("ln -s /tmp .Linked; touch .sieve; ln -s .sieve .active", tree.root);
    tree.mail(".Half/new/1.a", MAIL);
    assertThat(lines())
        .containsExactly(
            ".Empty | no mailbox: neither cur, new nor dovecot-uidlist",
            ".Half/cur | no cur: Dovecot sees no mailbox",
            ".Linked | symbolic link: it is not followed",
            ".Odd&name | no name of a mailbox");
    mend();
    assertThat(odd()).isEmpty();
    try (MailStore store = tree.open()) {
      assertThat(store.list().stream().map(MailStore.ListedName::name))
          .containsExactlyInAnyOrder("INBOX", "Half", "Odd_name-renamed");
    }
  }

  private static void run(String line, Path in) throws Exception {
    run("cd " + in + " && { " + line + "; }");
  }

  @Test
  void damagedListsAreFoundAndTheirLinesMended() throws Exception {
    Files.writeString(tree.root.resolve("dovecot-uidlist"), "3 V1 N2 Gx\n1 :a\n");
    Files.writeString(tree.root.resolve("dovecot-keywords"), "0 one\nnonsense\n26 far\n");
    Files.writeString(tree.root.resolve("subscriptions"), "V\t2\n\nGood\nBad&\n..\n");
    tree.mail("cur/1.a:2,Sac", MAIL);
    tree.mail("cur/2.b:2,d", MAIL);
    run("chmod -R go= " + tree.root);
    assertThat(odd().stream().map(Oddity::kind))
        .containsOnly(Kind.DAMAGED, Kind.UNNAMED_LETTERS)
        .hasSize(4);
    mend();
    assertThat(Files.readString(tree.root.resolve("subscriptions"))).isEqualTo("V\t2\n\nGood\n");
    assertThat(Files.readString(tree.root.resolve("dovecot-keywords"))).isEqualTo("0 one\n");
    assertThat(lines()).contains("dovecot-keywords | letters without names: c d");
    List<String> doveadm =
        odd().stream()
            .filter(each -> each.mend() instanceof Oddity.Mend.Doveadm)
            .map(each -> each.mend().line("jane"))
            .toList();
    assertThat(doveadm)
        .containsExactly(
            "doveadm force-resync -u jane INBOX",
            "doveadm flags remove -u jane 'unknown-2 unknown-3' mailbox INBOX all");
  }

  @Test
  void filesOfOneBaseAreOneFinding() throws Exception {
    tree.mail("cur/1.a:2,S", MAIL);
    tree.mail("cur/1.a:2,F", MAIL);
    tree.mail("new/1.a", MAIL);
    assertThat(odd()).hasSize(1);
    assertThat(odd().get(0).kind()).isEqualTo(Kind.SEVERAL_FILES);
    assertThat(odd().get(0).detail()).isEqualTo("3 files");
  }

  @Test
  void whatWasLeftBehindIsFoundWhenNobodyNeedsItAnyMore() throws Exception {
    run(
        "touch tmp/young dovecot-keywords.lock; touch -d '1 hour ago' subscriptions.lock",
        tree.root);
    String host = Host.name();
    run("printf '999999999:" + host + "' > dovecot-uidlist.lock", tree.root);
    run("touch -d '1 minute ago' dovecot-uidlist.lock", tree.root);
    assertThat(lines())
        .containsExactly(
            "dovecot-uidlist.lock | left lock: nobody holds it",
            "subscriptions.lock | left lock: nobody holds it");
    run(
        "printf '"
            + ProcessHandle.current().parent().orElseThrow().pid()
            + ":"
            + host
            + "' > dovecot-uidlist.lock; touch -d '1 minute ago' dovecot-uidlist.lock",
        tree.root);
    assertThat(lines()).containsExactly("subscriptions.lock | left lock: nobody holds it");
    mend();
    assertThat(odd()).isEmpty();
  }

  @Test
  void whatIsOldInTmpAndLeftOfDeletedMailboxesIsFoundLater() throws Exception {
    run("touch tmp/1.a; mkdir -p ..DOVECOT-TRASHED/cur; chmod -R go= ..*", tree.root);
    List<Oddity> found = new ArrayList<>();
    MaildirStore.Context context =
        new MaildirStore.Context(
            tree.lockPatience,
            () -> {},
            text -> {},
            tree.quota,
            tree.compression,
            tree.settled,
            tree.memory.holder());
    Instant later = Instant.now().plus(Duration.ofHours(37));
    try (MailRoots roots = MailRoots.open(MailLocation.maildir(tree.root, List.of()))) {
      new TreeCheck(
              roots, UnaryOperator.identity(), new Findings(roots, context, found::add, later))
          .run();
    }
    assertThat(found.stream().map(each -> each.file() + " | " + each.what()))
        .containsExactlyInAnyOrder(
            "tmp/1.a | left in tmp: for 1 days", "..DOVECOT-TRASHED | left of a deleted mailbox");
  }

  private static Map<Path, String> statuses(List<Path> files) throws Exception {
    Map<Path, String> statuses = new TreeMap<>();
    for (Path file : files) {
      Map<String, Object> unix =
          Files.readAttributes(
              file,
              "unix:mode,uid,gid,ino,nlink,size,lastAccessTime,lastModifiedTime,ctime",
              LinkOption.NOFOLLOW_LINKS);
      Map<String, Object> compared = new TreeMap<>(unix);
      if (Files.isSymbolicLink(file)) {
        compared.remove("lastAccessTime"); // to know what is behind it is to follow it
      }
      statuses.put(file, compared.toString());
    }
    return statuses;
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> files = Files.walk(tree.root)) {
      return files.sorted().toList();
    }
  }

  private static Map<Path, String> contents(List<Path> files) throws Exception {
    Map<Path, String> contents = new TreeMap<>();
    for (Path file : files) {
      if (Files.isRegularFile(file)) {
        contents.put(file, Files.readString(file));
      }
    }
    return contents;
  }

  @Test
  void nothingIsChangedNotEvenATimeOfAccess() throws Exception {
    tree.mail("cur/1.a,S=1:2,Sx", MAIL);
    tree.mail("new/1.a", MAIL);
    tree.mail("new/1.a:2,", MAIL);
    tree.mail("tmp/x", MAIL);
    tree.mail("subscriptions", "Bad&\n");
    tree.mail("dovecot-keywords", "nonsense\n");
    tree.mail("dovecot-uidlist", "nonsense\n");
    run("printf 1:elsewhere > dovecot-uidlist.lock; ln -s /tmp .Link; mkdir .None", tree.root);
    List<Path> files = files();
    Map<Path, String> contents = contents(files);
    run("find . -exec touch -h -d '3 days ago' {} +", tree.root); // so any access would be noted
    Map<Path, String> before = statuses(files);
    assertThat(odd()).hasSizeGreaterThan(6);
    assertThat(statuses(files)).isEqualTo(before);
    assertThat(files()).isEqualTo(files);
    assertThat(contents(files)).isEqualTo(contents);
  }
}
