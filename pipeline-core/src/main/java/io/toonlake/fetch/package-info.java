/**
 * Images from other people's servers, over HTTP(S): politely, so that a host is asked by so many at a time and so often; carefully, so that no server can
 * send us to an address of our own network, keep us waiting or fill our memory; and with a reason for whatever is not fetched.
 *
 * <p>{@link io.toonlake.fetch.Lane} says when what is asked for, {@link io.toonlake.fetch.HttpFetcher} asks, and
 * {@link io.toonlake.fetch.Lanes} runs both. Where the bytes go is the caller's. {@link io.toonlake.fetch.DocumentFetcher} asks services for documents, with the
 * same care.
 */
package io.toonlake.fetch;
