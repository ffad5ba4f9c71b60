package io.toonlake.film;

import java.io.Serializable;

/**
 * Which frames of a film are taken.
 *
 * @param sceneThreshold difference from the frame before at which a scene begins, 0 to 255
 * @param minSceneFrames frames that a scene has at least: cuts that come sooner are none
 * @param framesPerScene frames taken of a scene, at most
 * @param marginFrames frames at both ends of a scene that are not taken: fades, and what coding smears over a cut
 * @param minContrast standard deviation of grey (0 to 127) below which a frame is flat: black, white, a title card's ground
 * @param minSharpness variance of the Laplacian below which a frame is blurred
 * @param skipStartSeconds not taken from the film's beginning: an opening
 * @param skipEndSeconds not taken before its end: credits
 * @param cropBars whether black bars around the picture are cut off
 * @param cropBottom share of the picture's height, 0 to 0.5, that is cut off below: subtitles
 */
public record FilmSettings(
        double sceneThreshold,
        int minSceneFrames,
        int framesPerScene,
        int marginFrames,
        double minContrast,
        double minSharpness,
        double skipStartSeconds,
        double skipEndSeconds,
        boolean cropBars,
        double cropBottom)
        implements Serializable {}
