/** What becomes of a picture on its way into the lake, apart from where it is stored: its split and its training crops. */
package io.toonlake.ingest;
