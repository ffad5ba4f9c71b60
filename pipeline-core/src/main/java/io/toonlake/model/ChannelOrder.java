package io.toonlake.model;

/** In what order a network's picture has its colours. */
public enum ChannelOrder {
    RGB,
    BGR
}
