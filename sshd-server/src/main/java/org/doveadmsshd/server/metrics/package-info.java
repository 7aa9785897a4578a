/** Numbers about what the server does, for Prometheus and what reads its text format. */
package org.doveadmsshd.server.metrics;
