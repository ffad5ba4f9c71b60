/**
 * What a photo's file says beside its pixels (EXIF, XMP, IPTC), and what of it the picture says that is made from it.
 *
 * <p>What describes the photo's pixels as they were is never carried: the pixels are others. Orientation is 1, since decoding turned them;
 * sizes are the picture's; thumbnails and previews, which would show the photo, are dropped, and with them makers' notes, whose private
 * formats break when moved and often hold a preview. Colours are sRGB, since decoding converted them: the photo's ICC profile has done
 * its work, and on the picture it would be wrong.
 *
 * <p>The same photo, choice and note give the same bytes: nothing is dated.
 */
package io.toonlake.metadata;
