package keystone.agent.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A port of this host's loopback that leads to a port of a guest because somebody said so.
///
/// @param host at this number or not at all
public record Publication(int host, int guest) {
    private static final Pattern FORM = Pattern.compile("(?:(\\d{1,5}):)?(\\d{1,5})");

    public Publication {
        require(host);
        require(guest);
    }

    private static void require(int port) {
        if (port < 1 || port > GuestListener.HIGHEST_PORT) {
            throw UserError.usage(
                    "there is no port " + port,
                    "use a number from 1 to " + GuestListener.HIGHEST_PORT);
        }
    }

    /// Reads `HOST:GUEST`, or one number for both.
    public static Publication parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw UserError.usage(
                    "`" + Printable.of(text) + "` is not HOST:GUEST",
                    "write two port numbers, such as 8080:80");
        }
        int guest = Integer.parseInt(form.group(2));
        int host = form.group(1) == null ? guest : Integer.parseInt(form.group(1));
        return new Publication(host, guest);
    }

    @Override
    public String toString() {
        return host + ":" + guest;
    }
}
