/** What the jobs' tests share: one Spark session a JVM, and comparisons of what Spark computed. */
package io.toonlake.testing;
