package org.doveadmsshd.console.line;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Term;

/**
 * What may still come behind the words that have been read: a list, of which the first is next.
 *
 * @param term the search key that {@code first} belongs to, or null
 * @param next null behind the last
 * @param depth how many there are
 */
record Rest(Syntax first, Term term, Rest next, int depth) {
  /** No more words. */
  static final Rest END = new Rest(Syntax.NOTHING, null, null, 0);

  /** The same behind something else. */
  Rest behind(Syntax first, Term term) {
    return new Rest(first, term, this, depth + 1);
  }

  /**
   * The fewest words that there must be, and where a query goes on two more.
   *
   * @param any stands for each of which there are many
   */
  List<String> missing(String any) {
    List<String> words = new ArrayList<>();
    boolean open = false;
    for (Rest each = this; each != END; each = each.next) {
      fewest(each.first, any, words);
      open |= each.first.most() == Syntax.MANY;
    }
    if (open) {
      words.addAll(List.of(any, any));
    }
    return words;
  }

  private static void fewest(Syntax syntax, String any, List<String> words) {
    if (syntax.least() == 0) {
      return;
    }
    if (syntax instanceof Syntax.Literal) {
      words.add(syntax.text());
    } else if (syntax instanceof Syntax.Sequence) {
      ((Syntax.Sequence) syntax).parts().forEach(part -> fewest(part, any, words));
    } else if (syntax instanceof Syntax.Choice) {
      fewest(((Syntax.Choice) syntax).parts().get(0), any, words);
    } else if (syntax instanceof Syntax.Repetition) {
      fewest(((Syntax.Repetition) syntax).inside(), any, words);
    } else {
      words.add(any);
    }
  }
}
