/** Terms: which brain knows best where a user is. */
package org.doveadmsshd.worker.term;
