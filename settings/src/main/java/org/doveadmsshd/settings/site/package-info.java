/** Settings made into what they name: connections to passdbs and userdbs, for any program. */
package org.doveadmsshd.settings.site;
