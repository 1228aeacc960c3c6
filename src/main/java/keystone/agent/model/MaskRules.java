package keystone.agent.model;

import java.util.List;
import java.util.stream.Stream;

/// Which files of what is shared a guest does not get to see, and of which others a person is told.
///
/// @param asked to be masked, beside [#USUAL]
/// @param told of at a start when they are not masked, beside those that everybody is told of
public record MaskRules(NamePatterns asked, NamePatterns told) {
    /// Masked without being asked for. Files that are there to be copied hold no secrets.
    public static final List<String> USUAL =
            List.of(
                    ".env*",
                    "!.env.example",
                    "!.env.sample",
                    "!.env.template",
                    "!.env.dist",
                    "!.env.defaults",
                    "!.env.schema");

    /// Names under which programs keep keys and passwords.
    public static final List<String> USUALLY_TOLD =
            Stream.concat(
                            USUAL.stream(),
                            Stream.of(
                                    "*.pem",
                                    "*.key",
                                    "*.p12",
                                    "*.pfx",
                                    "*.jks",
                                    "*.keystore",
                                    "*.kdbx",
                                    "*.tfstate",
                                    "id_rsa*",
                                    "id_dsa*",
                                    "id_ecdsa*",
                                    "id_ed25519*",
                                    "!*.pub",
                                    ".git-credentials",
                                    ".htpasswd",
                                    ".netrc",
                                    ".npmrc",
                                    ".pgpass",
                                    ".pypirc",
                                    "credentials.json",
                                    "service-account*.json"))
                    .toList();

    /// For guests that share no directory of a user's: masks nothing.
    public static final MaskRules NONE =
            new MaskRules(new NamePatterns(List.of("!*")), new NamePatterns(List.of("!*")));

    /// What holds when nobody said anything.
    public static MaskRules usual() {
        return new MaskRules(new NamePatterns(List.of()), new NamePatterns(List.of()));
    }

    /// All that is to be masked.
    public NamePatterns masked() {
        return new NamePatterns(USUAL).and(asked);
    }

    /// All that a person is told of.
    public NamePatterns suspicious() {
        return new NamePatterns(USUALLY_TOLD).and(told);
    }
}
