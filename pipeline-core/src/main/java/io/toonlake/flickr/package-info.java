/**
 * Collections of Flickr photos, as others publish them: the metadata of YFCC100M (Thomee et al., "YFCC100M: The New Data in Multimedia Research",
 * CACM 2016), a line a photo or video.
 */
package io.toonlake.flickr;
