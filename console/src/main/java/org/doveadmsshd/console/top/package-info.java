/** What goes on at servers, looked at again and again. */
package org.doveadmsshd.console.top;
