/**
 * The manual pages: made by the build of the packages from the catalog of commands, the options of
 * the programs, the schema of the settings and the commented configurations. What none of these
 * says stands in a template for each program.
 */
package org.doveadmsshd.manual;
