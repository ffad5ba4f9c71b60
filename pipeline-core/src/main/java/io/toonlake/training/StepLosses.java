package io.toonlake.training;

/**
 * The losses of one step, before its updates, as {@link io.toonlake.loss} states them. In the initialization phase all
 * but the content loss are 0; so is the edge term where it is switched off.
 *
 * @param content L_con, not multiplied by ω
 * @param generatorAdversarial R(D(G(p))), judged by the discriminator as this step has updated it
 * @param discriminatorReal R(D(c))
 * @param discriminatorEdge K(D(e))
 * @param discriminatorFake K(D(G(p)))
 */
public record StepLosses(
        double content,
        double generatorAdversarial,
        double discriminatorReal,
        double discriminatorEdge,
        double discriminatorFake) {
    /** What the discriminator minimises. */
    public double discriminator() {
        return discriminatorReal + discriminatorEdge + discriminatorFake;
    }
}
