package io.toonlake.averaging;

import java.io.Serializable;
import java.util.Iterator;

/**
 * Opens workers on the executors.
 *
 * @param <S> what shares are made of
 */
@FunctionalInterface
public interface LocalWorkers<S> extends Serializable {
    /**
     * @param worker from 0 on
     * @param share the worker's samples, in their order; read to its end before this returns
     */
    LocalWorker open(int worker, Iterator<S> share);
}
