/**
 * Films to frames: which frames a film has, where its scenes are, and which of their frames are worth training on.
 *
 * <p>A frame is known by its film's fingerprint and its presentation time stamp. {@link io.toonlake.film.FilmIndex} reads a film's packets without
 * decoding them, and knows every frame by then; {@link io.toonlake.film.FilmAnalysis} decodes a segment and measures each of its frames;
 * {@link io.toonlake.film.FrameChooser} takes what was measured of a whole film apart into scenes; {@link io.toonlake.film.FilmFrames} decodes what
 * was chosen. What is chosen does not depend on how the film was cut into segments.
 *
 * <p>FFmpeg decodes, in the build of JavaCPP's presets that is under the LGPL. It is told to read containers that hold their own data, and nothing
 * else: no playlists, which name other files.
 */
package io.toonlake.film;
