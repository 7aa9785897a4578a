package org.doveadmsshd.console.line;

/** What a word of a line is. */
enum Role {
  /** Of the name of a command. */
  COMMAND,
  OPTION,
  /** A search key. */
  KEY,
  /** What joins others: {@code NOT}, {@code OR}, parentheses. */
  OPERATOR,
  /** An argument, or the value of an option. */
  ARGUMENT,
  /** A word that may not stand there, or behind which nothing can be told. */
  UNKNOWN
}
