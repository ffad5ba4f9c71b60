package io.toonlake.flickr;

import io.toonlake.licence.FlickrLicence;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;

/**
 * A photo or video on Flickr, with what is needed to choose it, to find it and to credit it. Texts are decoded.
 *
 * @param id Flickr's
 * @param hash 32 hexadecimal digits, the image's name in the bucket {@code multimedia-commons}; null where there is none
 * @param ownerId the owner's NSID, {@code 30302697@N00}
 * @param ownerName nickname, which may be empty
 * @param title may be empty
 * @param taken by the camera's clock, whose time zone nobody knows; null where unknown
 * @param uploaded to Flickr; null where unknown
 * @param tags the owner's, in their order; Flickr's search gives them in lower case and without blanks
 * @param machineTags {@code namespace:predicate=value}, in their order
 * @param longitude degrees, -180 to 180, east positive; null where the place is unknown
 * @param latitude degrees, -90 to 90, north positive; null where the place is unknown
 * @param accuracy of the place, 1 (world) to 16 (street), 0 for none; null where unknown
 * @param pageUrl the photo's page
 * @param sourceUrl of the image on Flickr's servers
 * @param video whether it is a video
 */
public record PhotoRecord(
        long id,
        String hash,
        String ownerId,
        String ownerName,
        String title,
        LocalDateTime taken,
        Instant uploaded,
        List<String> tags,
        List<String> machineTags,
        Double longitude,
        Double latitude,
        Integer accuracy,
        String pageUrl,
        String sourceUrl,
        FlickrLicence licence,
        boolean video)
        implements PhotoLine {
    public PhotoRecord {
        tags = List.copyOf(tags);
        machineTags = List.copyOf(machineTags);
    }
}
