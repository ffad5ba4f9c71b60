/**
 * The losses of CartoonGAN (paper, section 3.2), stated exactly, and two that are not in the paper, of colours and of flat areas.
 *
 * <p>p is a batch of photos, c of cartoon frames, e of the same frames with their edges smoothed; all NCHW, BGR, [-1, 1].
 * G is the generator, D(x) the discriminator's logits, one for every patch of every picture; F(x) the features of a
 * frozen network. <b>Every loss is a mean over all entries of the array it is taken of</b> (batch, channels and
 * pixels alike), so that neither ω nor a learning rate depends on batch size, picture size or network width.
 *
 * <pre>
 * content   l1    L_con = mean |F(G(p)) − F(p)|                    the paper's
 *           l2    L_con = mean (F(G(p)) − F(p))²                   its ablation
 *
 * colour          L_col = mean (blurred G(p) − blurred p)²         not the paper's: Ignatov et al., ICCV 2017; γ is 0 by default
 *
 * total variation L_tv  = mean min(|d|, l) of neighbours in columns, and the same in rows
 *                                                                  not the paper's: Wang and Yu, CVPR 2020; τ is 0 by default
 *
 * towards real    bce    R(z) = mean softplus(−z)  = mean −log σ(z)
 *                 lsgan  R(z) = mean (z − 1)²
 * towards fake    bce    K(z) = mean softplus(z)   = mean −log(1 − σ(z))
 *                 lsgan  K(z) = mean z²
 *
 * discriminator   minimises  R(D(c)) + K(D(e)) + K(D(G(p)))        K(D(e)) only with the edge term
 * generator       minimises  R(D(G(p))) + ω · L_con + γ · L_col + τ · L_tv    adversarial phase
 *                            ω · L_con + γ · L_col + τ · L_tv                 initialization phase
 * </pre>
 *
 * <p>With {@code bce} the discriminator's loss is the negative of the paper's edge-promoting adversarial loss (equation 3).
 * The generator does not minimise that equation's log(1 − σ(D(G(p)))), whose gradient vanishes where the discriminator
 * is sure, but −log σ(D(G(p))), as Goodfellow et al. (2014) advise and all known implementations do. {@code lsgan}
 * is what the authors' released code trains with. No term is halved, and the discriminator's three are not averaged.
 *
 * <p>F is VGG19 at conv4_4 before its ReLU. Its input is what its weights were trained on: Caffe's (BGR, 0 to 255, less the
 * mean 103.939, 116.779, 123.68) for the authors', torchvision's for torchvision's
 * ({@link io.toonlake.network.InputConvention}); pictures keep their size. Where there are no weights of it,
 * {@link io.toonlake.network.RandomFeatures} stand in. With the initialization phase weighing by ω as well, Adam's second moments fit the adversarial
 * phase that follows; under Adam a constant factor of all terms makes no other difference.
 */
package io.toonlake.loss;
