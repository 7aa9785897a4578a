/** With whose rights the mail of a user is worked on (docs/PRIVILEGES.md). */
package org.doveadmsshd.worker.isolation;
