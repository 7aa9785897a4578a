/** Files that are written all together, remembered in a list, and taken back by it. */
package org.doveadmsshd.setup.written;
