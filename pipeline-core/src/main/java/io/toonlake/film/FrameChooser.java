package io.toonlake.film;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Chooses frames of a film by what was measured of all of them. A scene begins where a frame differs enough from the one before. Every scene is cut
 * into as many equal parts as frames are wanted of it, and of each part the sharpest frame is taken.
 */
public final class FrameChooser {
    /** Stands for the difference of two frames between which others are missing: a cut. */
    private static final float APART = 255;

    /** Bars may be covered in so many frames, and still be bars: by a title, or by a damaged frame. */
    private static final double COVERED = 0.02;

    private final FilmSettings settings;

    public FrameChooser(FilmSettings settings) {
        this.settings = settings;
    }

    /** @param segments all of the film's, in order */
    public FrameChoice choose(FilmIndex index, List<SegmentStatistics> segments) {
        List<FrameStatistics> frames = whole(index, segments);
        List<Scene> scenes = scenes(frames);
        Map<FrameFilter, Long> filtered = new EnumMap<>(FrameFilter.class);
        List<Long> chosen = new ArrayList<>();
        for (Scene scene : scenes) {
            choose(index, frames, scene, chosen, filtered);
        }
        return new FrameChoice(
                List.copyOf(chosen), Map.copyOf(filtered), missing(index, frames), scenes.size(), crop(index, frames));
    }

    /** Frames from {@code from} on and before {@code until}. */
    private record Scene(int from, int until) {}

    /** What was measured, in order; frames that no packet announced (a decoder's invention) are left out. */
    private static List<FrameStatistics> whole(FilmIndex index, List<SegmentStatistics> segments) {
        List<FrameStatistics> frames = new ArrayList<>(index.frames());
        SegmentStatistics.Next announced = null;
        long last = Long.MIN_VALUE;
        for (SegmentStatistics segment : segments) {
            for (FrameStatistics frame : segment.frames()) {
                if (frame.timestamp() <= last || index.number(frame.timestamp()) < 0) {
                    continue;
                }
                float difference = frame.difference();
                if (difference < 0 && last != Long.MIN_VALUE) {
                    difference = announced != null && announced.timestamp() == frame.timestamp()
                            ? announced.difference()
                            : APART;
                }
                frames.add(frame.withDifference(difference));
                last = frame.timestamp();
            }
            announced = segment.next();
        }
        return frames;
    }

    private List<Scene> scenes(List<FrameStatistics> frames) {
        List<Scene> scenes = new ArrayList<>();
        int from = 0;
        for (int i = 1; i < frames.size(); i++) {
            if (frames.get(i).difference() >= settings.sceneThreshold() && i - from >= settings.minSceneFrames()) {
                scenes.add(new Scene(from, i));
                from = i;
            }
        }
        if (!frames.isEmpty()) {
            scenes.add(new Scene(from, frames.size()));
        }
        return scenes;
    }

    private void choose(
            FilmIndex index,
            List<FrameStatistics> frames,
            Scene scene,
            List<Long> chosen,
            Map<FrameFilter, Long> filtered) {
        // A scene that would be nothing but margins gives its middle.
        int margin = Math.min(settings.marginFrames(), (scene.until - scene.from - 1) / 2);
        int from = scene.from + margin;
        int until = scene.until - margin;
        Map<Integer, FrameStatistics> best = new HashMap<>();
        int parts = Math.min(settings.framesPerScene(), until - from);
        List<FrameStatistics> candidates = new ArrayList<>();
        for (int i = scene.from; i < scene.until; i++) {
            FrameStatistics frame = frames.get(i);
            FrameFilter filter = filter(index, frame);
            if (filter == null && (i < from || i >= until)) {
                filter = FrameFilter.CUT;
            }
            if (filter != null) {
                filtered.merge(filter, 1L, Long::sum);
                continue;
            }
            candidates.add(frame);
            int part = (int) ((long) (i - from) * parts / (until - from));
            best.merge(part, frame, (one, other) -> other.sharpness() > one.sharpness() ? other : one);
        }
        best.values().stream().map(FrameStatistics::timestamp).sorted().forEach(chosen::add);
        if (candidates.size() > best.size()) {
            filtered.merge(FrameFilter.SAME_SCENE, (long) candidates.size() - best.size(), Long::sum);
        }
    }

    private FrameFilter filter(FilmIndex index, FrameStatistics frame) {
        double seconds = index.seconds(frame.timestamp());
        if (seconds < settings.skipStartSeconds()) {
            return FrameFilter.OPENING;
        }
        if (settings.skipEndSeconds() > 0 && index.seconds() - seconds < settings.skipEndSeconds()) {
            return FrameFilter.ENDING;
        }
        if (frame.contrast() < settings.minContrast()) {
            return FrameFilter.FLAT;
        }
        return frame.sharpness() < settings.minSharpness() ? FrameFilter.BLURRED : null;
    }

    private static List<Long> missing(FilmIndex index, List<FrameStatistics> frames) {
        List<Long> missing = new ArrayList<>();
        int at = 0;
        for (long timestamp : index.timestamps()) {
            if (at < frames.size() && frames.get(at).timestamp() == timestamp) {
                at++;
            } else {
                missing.add(timestamp);
            }
        }
        return List.copyOf(missing);
    }

    private Crop crop(FilmIndex index, List<FrameStatistics> frames) {
        int width = index.width();
        int height = index.height();
        // A dark frame has bars all over it.
        List<FrameStatistics> lit = settings.cropBars()
                ? frames.stream()
                        .filter(frame -> frame.contrast() >= settings.minContrast())
                        .toList()
                : List.of();
        int top = pixels(lit, FrameStatistics::top, height);
        int bottom = pixels(lit, FrameStatistics::bottom, height);
        int left = pixels(lit, FrameStatistics::left, width);
        int right = pixels(lit, FrameStatistics::right, width);
        // What would leave less than half of a side is no bar, but a picture with much black in it.
        if (top + bottom > height / 2) {
            top = 0;
            bottom = 0;
        }
        if (left + right > width / 2) {
            left = 0;
            right = 0;
        }
        int rows = height - top - bottom;
        return new Crop(left, top, width - left - right, rows - (int) Math.round(rows * settings.cropBottom()));
    }

    /** The bar that nearly all frames have, in pixels. Its edge lies somewhere in the last row that was measured black, or the first that was not. */
    private static int pixels(List<FrameStatistics> frames, ToDoubleFunction<FrameStatistics> bar, int side) {
        if (frames.isEmpty()) {
            return 0;
        }
        double[] bars = frames.stream().mapToDouble(bar).sorted().toArray();
        double share = bars[(int) (COVERED * bars.length)];
        double measuredRow = Math.max(1, (double) side / FramePainter.MEASURED_SIDE_PIXELS);
        return share <= 0 ? 0 : (int) Math.ceil(share * side + measuredRow);
    }
}
