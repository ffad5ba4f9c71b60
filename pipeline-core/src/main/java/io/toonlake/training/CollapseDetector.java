package io.toonlake.training;

import io.toonlake.loss.AdversarialLoss;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Watches the losses of CartoonGAN's adversarial phase for an end of the balance between its networks: from there on rounds only
 * cost money.
 *
 * <p>Medians over a window of rounds are compared, so that a single bad round does no harm. Training has collapsed where the
 * discriminator does far better than one that cannot tell its three kinds apart, and at the same time the content loss
 * has risen far above its lowest median: the generator has given up the photo for textures that please nobody. It has also
 * collapsed where the discriminator makes next to no mistakes, or hardly anything else, whatever the content.
 */
public final class CollapseDetector {
    /** Of an undecided discriminator's loss. What is below is certainty. */
    private static final double CERTAINTY = 0.02;

    /** Of an undecided discriminator's loss. What is above is one that is sure of what is wrong: drawn weights, with {@code lsgan}, are at 2 at most. */
    private static final double ERROR = 4;

    private static final List<String> JUDGED =
            List.of(CartoonGanPlan.DISCRIMINATOR_REAL, CartoonGanPlan.DISCRIMINATOR_FAKE);

    private final Settings settings;
    private final double undecided;
    private final Deque<Double> content = new ArrayDeque<>();
    private final Deque<Double> discriminator = new ArrayDeque<>();
    private double lowestContent = Double.POSITIVE_INFINITY;

    /**
     * When to call it a collapse.
     *
     * @param windowRounds rounds that a median is taken of; 0 never calls
     * @param contentRise how many times the lowest content loss the present one must be
     * @param discriminatorShare the part of an undecided discriminator's loss that the present one must be below
     */
    public record Settings(int windowRounds, double contentRise, double discriminatorShare)
            implements java.io.Serializable {
        public Settings {
            if (windowRounds < 0 || !(contentRise >= 1) || !(discriminatorShare > 0 && discriminatorShare <= 1)) {
                throw new IllegalArgumentException(
                        "Invalid collapse settings: %d rounds, rise %s, share %s (must be >= 0, >= 1, in (0, 1])"
                                .formatted(windowRounds, contentRise, discriminatorShare));
            }
        }
    }

    /** By what a collapse is known. */
    public enum Sign {
        /** The content loss has risen by more than {@link Settings#contentRise()} while the discriminator wins. */
        CONTENT_LOST,
        /** The discriminator makes next to no mistakes: no setting but the window says when. */
        DISCRIMINATOR_CERTAIN,
        /** The discriminator is far worse than one that knows nothing, as with too high a rate: no setting but the window says when. */
        DISCRIMINATOR_LOST
    }

    /** A collapse, and what speaks for it, for people. */
    public record Collapse(Sign sign, String why) {}

    /** A detector that has seen nothing yet. */
    public CollapseDetector(Settings settings, AdversarialLoss loss, boolean edgeTerm) {
        this.settings = settings;
        this.undecided = loss.undecided(edgeTerm ? 2 : 1);
    }

    /**
     * Takes in a round.
     *
     * @param losses means over the round, by {@link CartoonGanPlan}'s names
     * @return the collapse, if training has collapsed; never where losses of CartoonGAN are missing, as another method's are
     */
    public Optional<Collapse> after(Phase phase, Map<String, Double> losses) {
        if (settings.windowRounds() == 0) {
            return Optional.empty();
        }
        if (!losses.containsKey(CartoonGanPlan.CONTENT)) {
            return Optional.empty();
        }
        double contentMedian = median(content, losses.get(CartoonGanPlan.CONTENT));
        if (full(content)) {
            lowestContent = Math.min(lowestContent, contentMedian);
        }
        if (!phase.usesDiscriminator() || !losses.keySet().containsAll(JUDGED)) {
            return Optional.empty();
        }
        double sum = losses.get(CartoonGanPlan.DISCRIMINATOR_REAL)
                + losses.getOrDefault(CartoonGanPlan.DISCRIMINATOR_EDGE, 0.0)
                + losses.get(CartoonGanPlan.DISCRIMINATOR_FAKE);
        double share = median(discriminator, sum) / undecided;
        if (!full(discriminator)) {
            return Optional.empty();
        }
        double rise = contentMedian / lowestContent;
        if (share < CERTAINTY) {
            return collapse(
                    Sign.DISCRIMINATOR_CERTAIN,
                    "over %d rounds the discriminator has made next to no mistakes (its loss is %.1f %% of an undecided one's)",
                    settings.windowRounds(),
                    100 * share);
        }
        if (share > ERROR) {
            return collapse(
                    Sign.DISCRIMINATOR_LOST,
                    "over %d rounds the discriminator has been worse than one that knows nothing (its loss is %.1f times an undecided one's)",
                    settings.windowRounds(),
                    share);
        }
        if (share < settings.discriminatorShare() && rise > settings.contentRise()) {
            return collapse(
                    Sign.CONTENT_LOST,
                    "over %d rounds the content loss has been %.2f, %.1f times its lowest, while the discriminator wins (its loss is "
                            + "%.0f %% of an undecided one's)",
                    settings.windowRounds(),
                    contentMedian,
                    rise,
                    100 * share);
        }
        return Optional.empty();
    }

    private static Optional<Collapse> collapse(Sign sign, String why, Object... figures) {
        return Optional.of(new Collapse(sign, String.format(Locale.ROOT, why, figures)));
    }

    private boolean full(Deque<Double> window) {
        return window.size() == settings.windowRounds();
    }

    private double median(Deque<Double> window, double newest) {
        window.addLast(newest);
        if (window.size() > settings.windowRounds()) {
            window.removeFirst();
        }
        List<Double> sorted = new ArrayList<>(window);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
