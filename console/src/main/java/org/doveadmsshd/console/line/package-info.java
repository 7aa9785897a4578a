/**
 * A line as it is typed. A {@link org.doveadmsshd.console.line.TypedLine} is read from left to
 * right by what the catalogs say of commands, options, arguments and search keys ({@code Place},
 * {@code Grammar}); from it are made what a word may become ({@code Offers}), what is said below
 * the line ({@code Hint}), and which word is wrong ({@code Mistake}). All of these are pure, take
 * time in proportion to the line, and never fail. {@link
 * org.doveadmsshd.console.line.AdvisingLineReader} gives them to JLine.
 */
package org.doveadmsshd.console.line;
