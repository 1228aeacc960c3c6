package keystone.agent.image;

import java.util.List;
import java.util.regex.Pattern;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import org.jspecify.annotations.Nullable;

/// A place that the host's apt gets Debian packages from.
///
/// @param origin the distribution, as its own Release file says: `Debian` or `Ubuntu`
/// @param signedBy the keyring file that must have signed it; null leaves it to apt's own keys
record PackageSource(
        String origin,
        String uri,
        String suite,
        List<String> components,
        @Nullable String signedBy) {
    /// One word of a `.sources` file, which cannot smuggle in a second field.
    private static final Pattern WORD = Pattern.compile("[!-~]+");

    /// What apt fetches from, other than by running a program. It may become a program's argument,
    /// so it does not begin with a dash.
    static final Pattern ADDRESS =
            Pattern.compile("(?:(?:mirror|tor)\\+)?(?:https?|ftp|file|copy):/[!-~]+");

    PackageSource {
        components = List.copyOf(components);
        require(origin);
        require(suite);
        components.forEach(PackageSource::require);
        if (!ADDRESS.matcher(uri).matches()) {
            throw new JsonException("a package source's address is malformed");
        }
        if (signedBy != null) {
            require(signedBy);
        }
    }

    private static void require(String word) {
        if (!WORD.matcher(word).matches()) {
            throw new JsonException("a package source is malformed");
        }
    }

    static PackageSource fromJson(Json json) {
        Json.Obj object = json.asObject();
        return new PackageSource(
                object.string("origin"),
                object.string("uri"),
                object.string("suite"),
                object.array("components").stream().map(c -> c.asString("components")).toList(),
                object.stringOrNull("signedBy"));
    }

    Json toJson() {
        return Json.object()
                .with("origin", origin)
                .with("uri", uri)
                .with("suite", suite)
                .with("components", Json.array(components, Json::string))
                .with("signedBy", signedBy);
    }

    /// A stanza for apt on this host (sources.list(5), "DEB822-STYLE FORMAT").
    String stanza() {
        String key = signedBy == null ? "" : "Signed-By: " + signedBy + "\n";
        return "Types: deb\nURIs: "
                + uri
                + "\nSuites: "
                + suite
                + "\nComponents: "
                + String.join(" ", components)
                + "\nArchitectures: amd64\n"
                + key
                + "\n";
    }

    /// A line for apt in the guest: without a password that the host may have put into the address.
    String guestLine() {
        String open = uri.replaceFirst("//[^/@]*@", "//");
        return "deb " + open + " " + suite + " " + String.join(" ", components) + "\n";
    }

    boolean reachesOverTheNetwork() {
        return uri.startsWith("http");
    }
}
