/** What is accounted for of work and logins; who keeps account of it is the server's matter. */
package org.doveadmsshd.worker.audit;
