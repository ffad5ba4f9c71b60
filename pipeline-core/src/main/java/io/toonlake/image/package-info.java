/** Pictures as pixels: what a file holds, how it is read strictly, and how it is written. */
package io.toonlake.image;
