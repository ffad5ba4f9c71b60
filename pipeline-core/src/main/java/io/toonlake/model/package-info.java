/**
 * Models at rest: named tensors, the files they come in ({@code .npy} folders, {@code .safetensors}, HDF5), and the model
 * folder with its fingerprint ({@code docs/formats/model.md}).
 */
package io.toonlake.model;
