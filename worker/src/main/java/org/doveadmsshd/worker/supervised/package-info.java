/**
 * How a server without rights has users' work done: it asks the supervisor for a worker process,
 * and relays between that and its caller (docs/SUPERVISOR.md).
 */
package org.doveadmsshd.worker.supervised;
