/**
 * What networks compute on: ND4J's CPU engine, or its CUDA engine and one GPU.
 *
 * <p>ND4J takes an engine when it is first used in a JVM and keeps it: {@link io.toonlake.device.Engine} decides which, before it does.
 * Its CUDA engine holds machine code for some GPUs and nothing that a driver could translate for others. On those it fails in the
 * middle of its first operation, so {@link io.toonlake.device.ComputeCapability} is asked first.
 */
package io.toonlake.device;
