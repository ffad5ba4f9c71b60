/**
 * Parameter averaging: training spread over Spark, with the same bits whatever the cluster.
 *
 * <p>A round is: broadcast parameters and optimiser state; every logical worker takes the same number of local steps on its
 * own share of the samples; the workers' states are averaged, weighted by the examples they saw, summed in double precision
 * in worker order. The sum is sharded: every worker cuts its state into chunks, each chunk is averaged by one task, and the
 * driver only puts the averaged chunks together: what it holds does not grow with the number of workers.
 *
 * <p>What a round computes depends on the state before it, the round's number, the number of workers and their shares; and on
 * nothing else: not on how many machines there are, which worker finishes first, or which is run twice because an executor
 * was lost. Shares are cut from the samples ordered by content hash. The arithmetic of a step is
 * {@code io.toonlake.training}'s; this room moves flat {@code float[]} states about and knows no loss.
 */
package io.toonlake.averaging;
