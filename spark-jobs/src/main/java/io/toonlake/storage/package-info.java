/** Files on any Hadoop file system: listing a collection, reading with a bound, writing so that no half a file is ever visible, and the
 * right of one run at a time to write to a folder. */
package io.toonlake.storage;
