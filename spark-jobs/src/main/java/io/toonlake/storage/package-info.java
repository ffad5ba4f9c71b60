/** Files on any Hadoop file system: listing a collection, reading with a bound, writing so that no half a file is ever visible. */
package io.toonlake.storage;
