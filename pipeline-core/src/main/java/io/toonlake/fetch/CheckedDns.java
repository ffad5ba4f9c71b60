package io.toonlake.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Looks hosts up for the HTTP client, and lets nothing through but what may be connected to. The client connects to the very addresses that it gets
 * here, so that a name server that says something else the next moment (DNS rebinding) gains nothing.
 */
final class CheckedDns implements DnsResolver {
    /** The system's look-up, or a test's. */
    interface LookUp {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final AddressRule rule;
    private final LookUp lookUp;

    CheckedDns(AddressRule rule, LookUp lookUp) {
        this.rule = rule;
        this.lookUp = lookUp;
    }

    /**
     * The addresses of a host, which may be an address itself.
     *
     * @throws RefusedAddressException where any of them may not be connected to: a public host has no such one
     */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = lookUp.addresses(host);
        for (InetAddress address : addresses) {
            Optional<String> refusal = rule.refusal(address);
            if (refusal.isPresent()) {
                throw new RefusedAddressException(
                        "address " + address.getHostAddress() + " of " + host + " is " + refusal.get());
            }
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host; // Asked for by proxies' and Kerberos' code, which is not used here.
    }
}
