/**
 * What the server, the supervisor and worker processes say to one another about processes
 * (docs/SUPERVISOR.md): two protocols of lines, as which user a process works and what it may use,
 * and the JVM that it is.
 */
package org.doveadmsshd.supervision;
