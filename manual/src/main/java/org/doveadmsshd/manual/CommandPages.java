package org.doveadmsshd.manual;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Help;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;

/**
 * A page for each command, and one for each kind of words that queries and fields are made of.
 * Dovecot's package has pages named doveadm-search and so on: ours are named after the program that
 * they come with, so that both packages can be on one machine.
 *
 * @param date of the build
 */
record CommandPages(String date) {
  private static final String PREFIX = "doveadm-ssh-";

  /** What queries and fields are made of: titles of pages of section 7. */
  private static final Map<String, String> TERMS =
      Map.of(
          "search keys", "what the search queries of doveadm-ssh are made of",
          "mimepart keys", "what may be asked for about a part of a mail",
          "fetch fields", "what doveadm-ssh can fetch");

  /** All, by the names of their files. */
  Map<String, String> all(About program) throws Failure {
    Map<String, String> pages = new LinkedHashMap<>();
    for (Command command : CommandCatalog.all()) {
      pages.put(name(command.name()) + ".1", page(command.manual(), true));
    }
    for (About.Section section : program.own()) {
      if (isTypedInASystemsShell(section)) {
        section
            .manuals()
            .forEach(manual -> pages.put(name(manual.name()) + ".1", page(manual, false)));
      }
    }
    Help help = new Help(program);
    for (Map.Entry<String, String> terms : TERMS.entrySet()) {
      Page page = new Page(name(terms.getKey()), 7, date, terms.getValue());
      page.section("DESCRIPTION");
      page.example(help.about(List.of(terms.getKey().split(" "))));
      seeAlso(page, List.of("doveadm-ssh(1)", "doveadm-ssh-search(1)", "doveadm-ssh-fetch(1)"));
      pages.put(name(terms.getKey()) + ".7", page.toString());
    }
    return pages;
  }

  /** Statements of our own shell are not, and have no pages. */
  static boolean isTypedInASystemsShell(About.Section section) {
    return !section.prefix().isEmpty();
  }

  /** The name of the page about a command. */
  static String name(String command) {
    return PREFIX + command.replace(' ', '-');
  }

  private String page(Manual manual, boolean isDoveadms) {
    Page page = new Page(name(manual.name()), 1, date, manual.summary());
    page.section("SYNOPSIS");
    page.typed(synopsis("doveadm-ssh [...] ", manual));
    if (isDoveadms) {
      page.typed(synopsis("ssh admin@host doveadm [...] ", manual));
    }
    page.section("DESCRIPTION");
    page.paragraphs(manual.description());
    page.section("OPTIONS");
    CommandLineOptions.behind(manual).forEach(page::option);
    if (isDoveadms) {
      page.section("SCOPES");
      page.paragraphs("In scopes of master users: " + manual.access().text() + ".");
    }
    List<String> others = new ArrayList<>(List.of("doveadm-ssh(1)"));
    if (manual.synopsis().text().contains("search query")) {
      others.add("doveadm-ssh-search-keys(7)");
    }
    if (manual.name().equals("fetch")) {
      others.add("doveadm-ssh-fetch-fields(7)");
    }
    seeAlso(page, others);
    return page.toString();
  }

  private static String synopsis(String before, Manual manual) {
    String users = manual.isPerUser() ? " -u <user>|-A|-F <file>" : "";
    String options = CommandLineOptions.behind(manual).isEmpty() ? "" : " [options]";
    return (before + manual.name() + users + options + " " + manual.synopsis().text()).strip();
  }

  private static void seeAlso(Page page, List<String> others) {
    page.section("SEE ALSO");
    page.paragraphs(String.join(", ", others));
  }
}
