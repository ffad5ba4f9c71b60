/**
 * One step of CartoonGAN's training, and what it needs: settings, batches, Adam, and the state that parameter averaging moves.
 *
 * <p>A {@link io.toonlake.training.LocalTrainer} knows no cluster. Whoever trains on several workers broadcasts a
 * {@link io.toonlake.training.TrainingState}, lets each worker load it and take some steps, and averages what they come
 * back with. All randomness comes from (seed, round, worker, step), and the same state and batches give the same
 * bits on the same machine type and thread count.
 *
 * <p>What is trained is a plan of named networks; another method (two generators, say) is another plan under the
 * same trainer.
 */
package io.toonlake.training;
