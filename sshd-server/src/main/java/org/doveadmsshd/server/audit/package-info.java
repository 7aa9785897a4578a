/** The audit log: who did what to whom, in lines that each hold the hash of the one before. */
package org.doveadmsshd.server.audit;
