/** What the jobs' tests share: one Spark session a JVM, comparisons of what Spark computed, and an S3 with its faults. */
package io.toonlake.testing;
