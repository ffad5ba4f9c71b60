/** Inference: whole pictures through a generator at full resolution, in bounded memory. */
package io.toonlake.stylize;
