/**
 * Collections of Flickr photos: the metadata of YFCC100M (Thomee et al., "YFCC100M: The New Data in Multimedia Research", CACM 2016), a line a photo or
 * video, and what Flickr's own API finds. Both become {@link io.toonlake.flickr.PhotoRecord}s.
 *
 * <p>Of the API, {@link io.toonlake.flickr.FlickrApi} makes one call after the other, at the pace that a key is allowed, and
 * {@link io.toonlake.flickr.SlicedSearch} makes of a search that finds millions of photos many that find few enough. Where they are kept is the caller's.
 */
package io.toonlake.flickr;
