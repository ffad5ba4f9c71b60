/**
 * Settings: {@code reference.conf} with every key, overlays from files and the command line, and typed, validated records. Nothing
 * else in the project reads HOCON.
 */
package io.toonlake.config;
