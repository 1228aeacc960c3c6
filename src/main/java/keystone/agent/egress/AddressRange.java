package keystone.agent.egress;

import java.net.InetAddress;

/// Addresses that begin with the same bits.
///
/// @param what they are, as it stands in a sentence: "`10.0.0.1` is `what`"
record AddressRange(InetAddress first, int bits, String what) {
    /// @param text such as `10.0.0.0/8`
    static AddressRange of(String text, String what) {
        int slash = text.indexOf('/');
        return new AddressRange(
                InetAddress.ofLiteral(text.substring(0, slash)),
                Integer.parseInt(text.substring(slash + 1)),
                what);
    }

    boolean contains(InetAddress address) {
        byte[] mine = first.getAddress();
        byte[] other = address.getAddress();
        if (mine.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += 8) {
            int kept = Math.min(8, bits - bit);
            int mask = (0xff00 >> kept) & 0xff;
            if (((mine[bit / 8] ^ other[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
