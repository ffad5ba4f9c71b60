package io.toonlake.fetch;

import java.util.Locale;

/** Why an image was not fetched; written to the quarantine by {@link #code()}. */
public enum FetchReason {
    /** The URL is none that can be asked for: no http or https, no host, a password in it. */
    BAD_URL(true),
    /** A host whose address is not a public one: loopback, private, link-local and the like. */
    REFUSED_ADDRESS(true),
    /** The server says that it has no such thing, or no longer (404, 410). */
    GONE(true),
    /** Flickr's <em>photo unavailable</em> instead of the photo, or withheld for legal reasons (451). */
    TAKEN_DOWN(true),
    /** The server gives it, but not to be used so ({@code X-Robots-Tag}). */
    OPTED_OUT(true),
    /** The server does not give it to us (401, 402, 403, 407). */
    FORBIDDEN(true),
    /** More than {@value Lane#MAX_REDIRECTS} redirects in a row. */
    TOO_MANY_REDIRECTS(true),
    /** More bytes than a file may have. */
    TOO_MANY_BYTES(true),
    /** The server calls it something that is no image: a page, mostly. */
    NOT_AN_IMAGE(true),
    /** A status that is no answer to such a request. */
    BAD_ANSWER(true),
    /** No name server knows the host, or none answers. */
    UNKNOWN_HOST(false),
    /** No connection, no answer or no whole image in time. */
    TIMED_OUT(false),
    /** The server asks for patience (429, or {@code Retry-After}), and had not enough of it in all attempts. */
    RATE_LIMITED(false),
    /** The connection failed or was cut off, or the server has a fault (5xx). */
    FETCH_FAILED(false),
    /** Not asked for, since the host has failed too many times in a row, or asked for too much patience. */
    HOST_FAILING(false);

    private final boolean lasting;

    FetchReason(boolean lasting) {
        this.lasting = lasting;
    }

    /** Whether asking again would bring the same, in all likelihood. */
    public boolean isLasting() {
        return lasting;
    }

    /** The reason as tables and summaries spell it, e.g. {@code opted-out}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
