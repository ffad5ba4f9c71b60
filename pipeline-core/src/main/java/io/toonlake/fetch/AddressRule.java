package io.toonlake.fetch;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which addresses may be connected to: public ones. A URL of the metadata, or a redirect, must not have us ask the machines of our own network, of
 * which some answer everybody who is inside, a cloud's metadata service above all.
 *
 * @param allowLoopback whether this machine may be asked too
 */
record AddressRule(boolean allowLoopback) {
    private record Block(String what, byte[] prefix, int bits) {
        static Block of(String what, String cidr) {
            String[] parts = cidr.split("/");
            try {
                return new Block(what, InetAddress.getByName(parts[0]).getAddress(), Integer.parseInt(parts[1]));
            } catch (java.net.UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }

        boolean holds(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if (((address[bit >> 3] ^ prefix[bit >> 3]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final String LOOPBACK = "loopback";

    /** IANA's special-purpose IPv4 addresses, and multicast. */
    private static final List<Block> IPV4 = List.of(
            Block.of(LOOPBACK, "127.0.0.0/8"),
            Block.of("of this network", "0.0.0.0/8"),
            Block.of("private", "10.0.0.0/8"),
            Block.of("private", "172.16.0.0/12"),
            Block.of("private", "192.168.0.0/16"),
            Block.of("shared by a provider's customers", "100.64.0.0/10"),
            Block.of("link-local", "169.254.0.0/16"),
            Block.of("reserved for protocols", "192.0.0.0/24"),
            Block.of("reserved for documentation", "192.0.2.0/24"),
            Block.of("reserved for documentation", "198.51.100.0/24"),
            Block.of("reserved for documentation", "203.0.113.0/24"),
            Block.of("of a 6to4 relay", "192.88.99.0/24"),
            Block.of("reserved for benchmarks", "198.18.0.0/15"),
            Block.of("multicast", "224.0.0.0/4"),
            Block.of("reserved", "240.0.0.0/4"));

    /** Translated to IPv4 on the way: what it translates to counts. */
    private static final Block NAT64 = Block.of("NAT64", "64:ff9b::/96");

    /** The only IPv6 addresses that are given out. */
    private static final Block GLOBAL = Block.of("global", "2000::/3");

    private static final List<Block> IPV6 = List.of(
            Block.of(LOOPBACK, "::1/128"),
            Block.of("unique-local", "fc00::/7"),
            Block.of("link-local", "fe80::/10"),
            Block.of("multicast", "ff00::/8"),
            // Teredo, ORCHID and others; they embed other addresses or lead nowhere.
            Block.of("reserved for protocols", "2001::/23"),
            Block.of("reserved for documentation", "2001:db8::/32"),
            Block.of("reserved for documentation", "3fff::/20"),
            Block.of("6to4, which leads to any IPv4 address", "2002::/16"));

    /** What the address is, if it may not be connected to: {@code private}, {@code link-local} and the like. */
    Optional<String> refusal(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address && NAT64.holds(bytes)) {
            return refusal(Arrays.copyOfRange(bytes, 12, 16), IPV4);
        }
        Optional<String> refused = refusal(bytes, address instanceof Inet4Address ? IPV4 : IPV6);
        return refused.isEmpty() && address instanceof Inet6Address && !GLOBAL.holds(bytes) && !isLoopback(bytes)
                ? Optional.of("not public")
                : refused;
    }

    private static boolean isLoopback(byte[] address) {
        return IPV6.get(0).holds(address);
    }

    private Optional<String> refusal(byte[] address, List<Block> blocks) {
        return blocks.stream()
                .filter(block -> block.holds(address))
                .map(Block::what)
                .findFirst()
                .filter(what -> !(allowLoopback && what.equals(LOOPBACK)));
    }
}
