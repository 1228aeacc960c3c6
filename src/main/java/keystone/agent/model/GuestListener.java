package keystone.agent.model;

import java.util.regex.Pattern;

/// A program in a guest that takes connections, as the guest tells it.
///
/// @param port 1 to 65535
/// @param address where it is reached in the guest: IPv4 in figures, or `::1`
/// @param program what its process is called, in plain characters; empty when that is not known
public record GuestListener(int port, String address, String program) {
    public static final String LOOPBACK = "127.0.0.1";
    public static final String LOOPBACK_6 = "::1";

    public static final int HIGHEST_PORT = 65535;

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern ADDRESS = Pattern.compile(OCTET + "(\\." + OCTET + "){3}|::1");
    private static final Pattern PROGRAM = Pattern.compile("[A-Za-z0-9._+-]{0,15}");

    public GuestListener {
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException("not an address: " + Printable.of(address));
        }
        if (!PROGRAM.matcher(program).matches()) {
            throw new IllegalArgumentException("not a program's name: " + Printable.of(program));
        }
    }
}
