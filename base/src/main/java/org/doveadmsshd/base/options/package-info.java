/** Options of commands and programs, told apart from other words as GNU getopt does. */
package org.doveadmsshd.base.options;
