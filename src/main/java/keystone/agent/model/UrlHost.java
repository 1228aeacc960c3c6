package keystone.agent.model;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The host that a URL names, and its port. [URI] gives none where a name has a `_` in it, which
/// names of services inside of companies have.
///
/// @param port null where the URL names none
public record UrlHost(HostName host, @Nullable Integer port) {
    private static final Pattern FORM =
            Pattern.compile(
                    "(?:[^@]*@)?(?:\\[(?<figures>[^\\[\\]]*)]|(?<name>[^\\[\\]:@]+))"
                            + "(?::(?<port>[0-9]{0,5}))?");

    /// What a URL names.
    ///
    /// @return empty when it names none
    /// @throws UserError when what it names is no host
    public static Optional<UrlHost> of(URI uri) {
        String authority = uri.getRawAuthority();
        if (authority == null) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(authority);
        if (!form.matches()) {
            return Optional.empty();
        }
        String figures = form.group("figures");
        String port = form.group("port");
        return Optional.of(
                new UrlHost(
                        HostName.parse(figures == null ? form.group("name") : figures),
                        port == null || port.isEmpty() ? null : Integer.valueOf(port)));
    }

    /// The port, also where the URL leaves it to its scheme.
    ///
    /// @param usual of URLs that name no port
    public int portOr(int usual) {
        return port == null ? usual : port;
    }

    /// Whom a URL names to log in as, and with what password, as it stands there; null is nobody.
    public static @Nullable String user(URI uri) {
        String authority = String.valueOf(uri.getRawAuthority());
        int at = authority.indexOf('@');
        return at < 0 ? null : authority.substring(0, at);
    }
}
