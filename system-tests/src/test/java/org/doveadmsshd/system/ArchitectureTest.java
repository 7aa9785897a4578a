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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Imports run one way through the house. */
class ArchitectureTest {
  private static final String ROOT = "org.doveadmsshd.";

  /** Who is below may not know who is above; who stands in one line may not know one another. */
  private static final List<List<String>> LAYERS =
      List.of(
          List.of("base"),
          List.of("posix", "protocol", "accounts"),
          List.of("storage", "auth"),
          List.of("keys", "settings"),
          List.of("command"),
          List.of("worker"),
          List.of("brain"),
          List.of("shell"),
          List.of("server"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.doveadmsshd");

  @Test
  void allModulesAreLookedAt() {
    for (List<String> layer : LAYERS) {
      for (String module : layer) {
        assertThat(CLASSES.stream().anyMatch(c -> c.getPackageName().startsWith(ROOT + module)))
            .as(module)
            .isTrue();
      }
    }
  }

  @Test
  void noPackageIsInACycle() {
    slices().matching("org.doveadmsshd.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void importsRunDownwards() {
    for (int i = 0; i < LAYERS.size(); i++) {
      for (String module : LAYERS.get(i)) {
        List<String> allowed =
            LAYERS.subList(0, i).stream().flatMap(List::stream).map(m -> ROOT + m).toList();
        ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage(ROOT + module + "..")
            .should()
            .dependOnClassesThat(isOursBut(ROOT + module, allowed))
            .check(CLASSES);
      }
    }
  }

  private static DescribedPredicate<JavaClass> isOursBut(String own, List<String> allowed) {
    return DescribedPredicate.describe(
        "are of a layer that is not below " + own,
        other ->
            other.getPackageName().startsWith(ROOT)
                && !other.getPackageName().startsWith(own)
                && allowed.stream().noneMatch(name -> other.getPackageName().startsWith(name)));
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
}
