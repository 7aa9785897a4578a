package org.doveadmsshd.system;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.common.util.logging.AbstractLoggingBean;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Imports run one way through the house. */
class ArchitectureTest {
  private static final String ROOT = "org.doveadmsshd.";

  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z-]+)` \\| `([a-z]+)[^|]*\\| (?:`([a-z ]+)` )?\\|.*");

  /** Packages, in the order of the table, and what they may import. */
  private static final Map<String, List<String>> IMPORTS = table();

  /** Types that are made to be changed, by several threads or in each thread. */
  private static final Set<String> STATE =
      Set.of(
          "ArrayBlockingQueue",
          "AtomicBoolean",
          "AtomicInteger",
          "AtomicLong",
          "AtomicReference",
          "ConcurrentHashMap",
          "CountDownLatch",
          "Executors",
          "LongAdder",
          "ReentrantLock",
          "ReferenceQueue",
          "Semaphore",
          "ThreadLocal");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.doveadmsshd");

  private static Map<String, List<String>> table() {
    Map<String, List<String>> imports = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(Path.of("../ARCHITECTURE.md"))) {
        Matcher row = ROW.matcher(line);
        if (row.matches()) {
          String others = row.group(3) == null ? "" : row.group(3);
          imports.put(row.group(2), List.of(("base " + others).strip().split(" ")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return imports;
  }

  @Test
  void theTableNamesEveryPackage() {
    Set<String> there =
        CLASSES.stream()
            .map(each -> each.getPackageName().substring(ROOT.length()).split("\\.")[0])
            .collect(Collectors.toSet());
    assertThat(IMPORTS.keySet()).containsAll(there);
    assertThat(there).hasSizeGreaterThan(15);
  }

  @Test
  void rowsOfTheTableImportRowsAboveThem() {
    List<String> above = new ArrayList<>(List.of("base"));
    IMPORTS.forEach(
        (name, imports) -> {
          assertThat(above).as(name).containsAll(imports);
          above.add(name);
        });
  }

  @Test
  void noPackageIsInACycle() {
    slices().matching("org.doveadmsshd.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void packagesImportWhatTheTableSays() {
    IMPORTS.forEach(
        (name, imports) -> {
          List<String> allowed = imports.stream().map(each -> ROOT + each).toList();
          ArchRuleDefinition.noClasses()
              .that()
              .resideInAnyPackage(ROOT + name, ROOT + name + ".*..")
              .should()
              .dependOnClassesThat(isOursBut(ROOT + name, allowed))
              .allowEmptyShould(true)
              .check(CLASSES);
        });
  }

  @Test
  void whatRunsAsRootKnowsNoSsh() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAnyPackage(ROOT + "supervisor..", ROOT + "supervision..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.sshd..")
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> isOursBut(String own, List<String> allowed) {
    return DescribedPredicate.describe(
        "are not in the row of " + own,
        other ->
            isIn(other, ROOT.substring(0, ROOT.length() - 1))
                && !isIn(other, own)
                && allowed.stream().noneMatch(name -> isIn(other, name)));
  }

  private static boolean isIn(JavaClass type, String name) {
    return (type.getPackageName() + ".").startsWith(name + ".");
  }

  @Test
  void theProtocolNeedsNothingButTheJdk() {
    ArchRuleDefinition.classes()
        .that()
        .resideInAnyPackage(ROOT + "base..", ROOT + "protocol..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", ROOT + "base..", ROOT + "protocol..")
        .check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      List<Path> packages =
          files
              .filter(file -> file.toString().contains("src/main/java"))
              .filter(file -> file.toString().endsWith(".java"))
              .map(Path::getParent)
              .distinct()
              .toList();
      assertThat(packages).isNotEmpty();
      assertThat(packages).allMatch(folder -> Files.exists(folder.resolve("package-info.java")));
    }
  }

  @Test
  void noStaticFieldIsAssignedTwice() {
    ArchRuleDefinition.fields().that().areStatic().should().beFinal().check(CLASSES);
  }

  @Test
  void stateOfTheProcessStandsInItsTable() throws IOException {
    String document = Files.readString(Path.of("../CONCURRENCY.md"));
    String table = document.split("## State of the process")[1].split("\n## ")[0];
    Set<String> stateful =
        CLASSES.stream()
            .filter(ArchitectureTest::makesState)
            .map(JavaClass::getSimpleName)
            .collect(Collectors.toSet());
    assertThat(stateful).contains("UidListLock", "Scratch");
    assertThat(stateful).allMatch(name -> table.contains("`" + name + "`"));
  }

  /** Whether static fields hold what is made for several threads to change. */
  private static boolean makesState(JavaClass type) {
    return type.getStaticInitializer().stream()
        .flatMap(code -> code.getCallsFromSelf().stream())
        .anyMatch(call -> STATE.contains(call.getTargetOwner().getSimpleName()));
  }

  /** Its classes log by the name of the class at hand, and at a stranger's will. */
  @Test
  void whatExtendsTheTransportDoesNotLogForIt() {
    assertThat(CLASSES)
        .filteredOn(each -> each.isAssignableTo(AbstractLoggingBean.class))
        .isNotEmpty()
        .filteredOn(each -> LoggerFactory.getLogger(each.getName()).isErrorEnabled())
        .isEmpty();
    ArchRuleDefinition.noClasses()
        .that()
        .areAssignableTo(AbstractLoggingBean.class)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(LoggerFactory.class)
        .because("what is logged by their names is lost")
        .check(CLASSES);
  }
}
