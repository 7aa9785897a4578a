/** Scripts: files of command lines, read as they come and carried out one by one. */
package org.doveadmsshd.console.script;
