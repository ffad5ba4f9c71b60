package io.toonlake.licence;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The licences that a photo on Flickr can have, by the ids of Flickr's {@code flickr.photos.licenses.getInfo}: 1 to 6 are Creative Commons 2.0,
 * which all Creative Commons photos of YFCC100M are under, 11 to 16 the same in 4.0.
 */
public enum FlickrLicence {
    ALL_RIGHTS_RESERVED(0, "All Rights Reserved", "", "", false, false, false, true, "All Rights Reserved"),
    BY_NC_SA_2_0(1, "CC BY-NC-SA", "2.0", "by-nc-sa", "Attribution-NonCommercial-ShareAlike License"),
    BY_NC_2_0(2, "CC BY-NC", "2.0", "by-nc", "Attribution-NonCommercial License"),
    BY_NC_ND_2_0(3, "CC BY-NC-ND", "2.0", "by-nc-nd", "Attribution-NonCommercial-NoDerivs License"),
    BY_2_0(4, "CC BY", "2.0", "by", "Attribution License"),
    BY_SA_2_0(5, "CC BY-SA", "2.0", "by-sa", "Attribution-ShareAlike License"),
    BY_ND_2_0(6, "CC BY-ND", "2.0", "by-nd", "Attribution-NoDerivs License"),
    NO_KNOWN_RESTRICTIONS(
            7,
            "No known copyright restrictions",
            "",
            "https://www.flickr.com/commons/usage/",
            true,
            true,
            false,
            false,
            "No known copyright restrictions"),
    US_GOVERNMENT_WORK(
            8,
            "United States Government Work",
            "",
            "https://www.usa.gov/copyright.shtml",
            true,
            true,
            false,
            false,
            "United States Government Work"),
    CC0_1_0(
            9,
            "CC0 1.0",
            "1.0",
            "https://creativecommons.org/publicdomain/zero/1.0/",
            true,
            true,
            false,
            false,
            "Public Domain Dedication (CC0)"),
    PUBLIC_DOMAIN_MARK_1_0(
            10,
            "Public Domain Mark 1.0",
            "1.0",
            "https://creativecommons.org/publicdomain/mark/1.0/",
            true,
            true,
            false,
            false,
            "Public Domain Mark"),
    BY_4_0(11, "CC BY", "4.0", "by", ""),
    BY_SA_4_0(12, "CC BY-SA", "4.0", "by-sa", ""),
    BY_ND_4_0(13, "CC BY-ND", "4.0", "by-nd", ""),
    BY_NC_4_0(14, "CC BY-NC", "4.0", "by-nc", ""),
    BY_NC_SA_4_0(15, "CC BY-NC-SA", "4.0", "by-nc-sa", ""),
    BY_NC_ND_4_0(16, "CC BY-NC-ND", "4.0", "by-nc-nd", "");

    private static final Map<String, FlickrLicence> BY_URL = new HashMap<>();
    private static final Map<String, FlickrLicence> BY_NAME = new HashMap<>();

    static {
        for (FlickrLicence licence : values()) {
            BY_NAME.put(comparable(licence.title), licence);
            if (!licence.flickrName.isEmpty()) {
                BY_NAME.put(comparable(licence.flickrName), licence);
            }
            if (!licence.url.isEmpty()) {
                BY_URL.put(comparableUrl(licence.url), licence);
            }
        }
    }

    private final int id;
    private final String title;
    private final String version;
    private final String url;
    private final boolean commercialUse;
    private final boolean derivatives;
    private final boolean shareAlike;
    private final boolean attribution;
    /** As YFCC100M and older answers of Flickr's API write it, without the version; empty where there is none but the title. */
    private final String flickrName;

    /** One of Creative Commons' licences, whose terms are the letters of its name. */
    FlickrLicence(int id, String name, String version, String terms, String flickrName) {
        this(
                id,
                name + " " + version,
                version,
                "https://creativecommons.org/licenses/" + terms + "/" + version + "/",
                !List.of(terms.split("-")).contains("nc"),
                !List.of(terms.split("-")).contains("nd"),
                List.of(terms.split("-")).contains("sa"),
                true,
                flickrName);
    }

    FlickrLicence(
            int id,
            String title,
            String version,
            String url,
            boolean commercialUse,
            boolean derivatives,
            boolean shareAlike,
            boolean attribution,
            String flickrName) {
        this.id = id;
        this.title = title;
        this.version = version;
        this.url = url;
        this.commercialUse = commercialUse;
        this.derivatives = derivatives;
        this.shareAlike = shareAlike;
        this.attribution = attribution;
        this.flickrName = flickrName;
    }

    /** The licence of an id of Flickr's, 0 to 16; nothing for other numbers. */
    public static Optional<FlickrLicence> of(int id) {
        return Arrays.stream(values()).filter(licence -> licence.id == id).findFirst();
    }

    /**
     * The licence that a row of YFCC100M names. The URL decides, since names of Creative Commons' licences leave the version open; where it is
     * empty the name does.
     *
     * @param name such as {@code Attribution-NonCommercial License} or {@code CC BY-NC 2.0}, in any case; or empty
     * @param url of the licence, {@code http} or {@code https}, with or without {@code www.}, {@code deed.en} and a slash at its end; or empty
     * @return nothing where URL or name are not known, where both are empty, or where they are two different licences': no guess is made
     *     about what may be done with somebody's photo
     */
    public static Optional<FlickrLicence> named(String name, String url) {
        FlickrLicence byName = BY_NAME.get(comparable(name));
        if (url.isBlank()) {
            return Optional.ofNullable(byName);
        }
        FlickrLicence byUrl = BY_URL.get(comparableUrl(url));
        boolean agree = name.isBlank() || byUrl == byName;
        return agree ? Optional.ofNullable(byUrl) : Optional.empty();
    }

    /**
     * Whether what Flickr's API tells of its id is this licence. Creative Commons' are known by their URLs alone. Of the others, which have no versions that a
     * name could leave open, the name will do: their URLs lead to pages of help, which move.
     */
    public boolean isCalled(String name, String url) {
        Optional<FlickrLicence> byUrl = Optional.ofNullable(BY_URL.get(comparableUrl(url)));
        return byUrl.map(named -> named == this)
                .orElseGet(() -> version.isEmpty() && BY_NAME.get(comparable(name)) == this);
    }

    private static String comparable(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }

    private static String comparableUrl(String url) {
        return comparable(url)
                .replaceFirst("^https?://(www\\.)?", "")
                .replaceFirst("/(deed(\\.[a-z_-]+)?|legalcode)$", "")
                .replaceFirst("/+$", "");
    }

    /** Flickr's number for it. */
    public int id() {
        return id;
    }

    /** What to call it where the photo is credited: {@code CC BY-SA 2.0}. */
    public String title() {
        return title;
    }

    /** {@code 2.0}; empty for licences without versions. */
    public String version() {
        return version;
    }

    /** Where it can be read; empty for all rights reserved. */
    public String url() {
        return url;
    }

    /** Whether photo and picture may be used for money. */
    public boolean allowsCommercialUse() {
        return commercialUse;
    }

    /** Whether pictures made from the photo may be passed on. */
    public boolean allowsDerivatives() {
        return derivatives;
    }

    /** Whether pictures made from the photo must be passed on under this licence. */
    public boolean requiresShareAlike() {
        return shareAlike;
    }

    /** Whether the photo's owner must be named. */
    public boolean requiresAttribution() {
        return attribution;
    }

    /** Whether its photos are taken in only where the user asks for this licence: a picture made from them could not be shown. */
    public boolean isLeftOutByDefault() {
        return !derivatives;
    }
}
