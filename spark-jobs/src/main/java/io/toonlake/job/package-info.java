/** The jobs, one class each, and the command line that starts them. */
package io.toonlake.job;
