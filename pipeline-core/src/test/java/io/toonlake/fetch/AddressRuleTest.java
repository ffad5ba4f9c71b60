package io.toonlake.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRuleTest {
    private static final AddressRule RULE = new AddressRule(false);

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, loopback",
        "127.255.0.9, loopback",
        "::1, loopback",
        "::ffff:127.0.0.1, loopback",
        "0.0.0.0, of this network",
        "10.1.2.3, private",
        "172.16.0.1, private",
        "172.31.255.255, private",
        "192.168.1.1, private",
        "::ffff:10.0.0.1, private",
        "64:ff9b::a00:1, private",
        "100.64.0.1, shared by a provider's customers",
        "169.254.169.254, link-local",
        "fe80::1, link-local",
        "224.0.0.251, multicast",
        "ff02::1, multicast",
        "255.255.255.255, reserved",
        "192.0.0.8, reserved for protocols",
        "198.18.0.1, reserved for benchmarks",
        "203.0.113.7, reserved for documentation",
        "2001:db8::1, reserved for documentation",
        "fd00:ec2::254, unique-local",
        "fc00::1, unique-local",
        "2002:7f00:1::, '6to4, which leads to any IPv4 address'",
        "2001:0:4136:e378::1, reserved for protocols",
        "::, not public",
        "::7f00:1, not public",
        "64:ff9b:1::1, not public",
        "fec0::1, not public"
    })
    void whatIsNotPublicIsRefused(String address, String what) throws UnknownHostException {
        assertThat(RULE.refusal(InetAddress.getByName(address))).hasValue(what);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.1",
                "223.255.255.255",
                "2001:4860:4860::8888",
                "2a00:1450::1",
                "64:ff9b::808:808"
            })
    void publicAddressesAreNot(String address) throws UnknownHostException {
        assertThat(RULE.refusal(InetAddress.getByName(address))).isEmpty();
    }

    @Test
    void testsMayAskThisMachineAndNoOther() throws UnknownHostException {
        AddressRule lenient = new AddressRule(true);
        assertThat(lenient.refusal(InetAddress.getByName("127.0.0.1"))).isEmpty();
        assertThat(lenient.refusal(InetAddress.getByName("::1"))).isEmpty();
        assertThat(lenient.refusal(InetAddress.getByName("10.0.0.1"))).hasValue("private");
        assertThat(lenient.refusal(InetAddress.getByName("::"))).hasValue("not public");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "2130706433", "127.1", "::1", "::ffff:7f00:1"})
    void addressesInsteadOfNamesAreCheckedInAllSpellings(String host) {
        assertThatThrownBy(() -> new CheckedDns(RULE, InetAddress::getAllByName).resolve(host))
                .isInstanceOf(RefusedAddressException.class)
                .hasMessageEndingWith("of " + host + " is loopback");
    }

    @Test
    void oneAddressThatIsRefusedRefusesTheHost() {
        CheckedDns.LookUp twoFaced = host -> new InetAddress[] {
            InetAddress.getByAddress(host, new byte[] {8, 8, 8, 8}),
            InetAddress.getByAddress(host, new byte[] {10, 0, 0, 1})
        };
        assertThatThrownBy(() -> new CheckedDns(RULE, twoFaced).resolve("photos.example"))
                .hasMessage("address 10.0.0.1 of photos.example is private");
    }
}
