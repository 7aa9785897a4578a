package org.doveadmsshd.manual;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Manual;

/**
 * The pages of the programs: a template each, whose lines {@code @SYNOPSIS@}, {@code @OPTIONS@} and
 * {@code @COMMANDS@} are made of what the program knows of itself. The first line is the summary.
 *
 * @param date of the build
 */
record ProgramPages(String date) {
  /** All, by the names of their files. */
  Map<String, String> all(About shell) throws IOException {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("doveadm-ssh.1", page(org.doveadmsshd.shell.Main.PROGRAM, 1, shell));
    pages.put("doveadm-sshd.8", page(org.doveadmsshd.server.Main.PROGRAM, 8, shell));
    pages.put("doveadm-supervisor.8", page(org.doveadmsshd.supervisor.Main.PROGRAM, 8, shell));
    return pages;
  }

  private String page(Program program, int section, About shell) throws IOException {
    List<String> lines = template(program.name() + "." + section);
    Page page = new Page(program.name(), section, date, lines.get(0));
    for (String line : lines.subList(1, lines.size())) {
      switch (line) {
        case "@SYNOPSIS@" ->
            page.example(
                String.join(
                    "\n",
                    program.synopsis().stream().map(way -> program.name() + " " + way).toList()));
        case "@OPTIONS@" -> program.options().forEach(page::option);
        case "@COMMANDS@" -> commands(page, shell);
        default -> page.template(line + "\n");
      }
    }
    return page.toString();
  }

  private static void commands(Page page, About shell) {
    for (About.Section section : shell.own()) {
      if (CommandPages.isTypedInASystemsShell(section)) {
        commands(page, section.title(), section.manuals());
      } else {
        page.subsection(section.title());
        section.manuals().forEach(manual -> page.item(manual.name(), manual.summary()));
      }
    }
    for (CommandCatalog.Section section : CommandCatalog.sections()) {
      commands(page, section.title(), section.commands().stream().map(Command::manual).toList());
    }
  }

  private static void commands(Page page, String title, List<Manual> manuals) {
    page.subsection(title);
    for (Manual manual : manuals) {
      page.item(manual.name(), manual.summary() + ": " + CommandPages.name(manual.name()) + "(1)");
    }
  }

  private static List<String> template(String name) throws IOException {
    try (InputStream in = ProgramPages.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
