/** What a run has been like, from its journal: as a page, as JSON, as CSV. */
package org.doveadmsshd.brain.report;
