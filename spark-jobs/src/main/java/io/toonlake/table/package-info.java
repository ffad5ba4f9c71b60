/**
 * The lake's tables: their schemas, keys and format version, kept as Delta Lake. Every row that comes from an image belongs to a
 * named collection, so that one lake serves many styles. {@code docs/formats/tables.md} describes them in prose.
 */
package io.toonlake.table;
