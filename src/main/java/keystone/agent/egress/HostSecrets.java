package keystone.agent.egress;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import keystone.agent.egress.SecretReader.Found;
import keystone.agent.egress.Secrets.Origins;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.Printable;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.TokenEntry;
import keystone.agent.model.TokenTrial;
import keystone.agent.model.UserError;

/// The secrets that this host has for its sandboxes, for the person who keeps them.
public final class HostSecrets {
    private final List<SecretRef> refs;
    private final SecretReader reader;
    private final StoredSecrets stored;
    private final Trials trials;

    HostSecrets(List<SecretRef> refs, SecretReader reader, StoredSecrets stored, Trials trials) {
        this.refs = List.copyOf(refs);
        this.reader = reader;
        this.stored = stored;
        this.trials = trials;
    }

    /// Reads nothing yet.
    ///
    /// @param refs those that could be there
    public static HostSecrets open(List<SecretRef> refs, Origins origins, InstantSource clock) {
        Map<String, String> environment = origins.environment();
        Supplier<Upstream> upstream = () -> Upstream.from(environment);
        var http = new HostHttp(() -> HostTrust.context(environment, origins::isGuests), upstream);
        return new HostSecrets(
                refs, origins.reader(upstream, clock), origins.stored(), new Trials(http));
    }

    /// All that could be there. Nobody is asked: commands are not run, and log-ins not renewed.
    public List<TokenEntry> list() {
        return refs.stream().map(this::entry).toList();
    }

    private TokenEntry entry(SecretRef ref) {
        try {
            Optional<Found> found = reader.glance(ref);
            if (found.isPresent()) {
                Instant changed = found.get().changed().orElse(null);
                return new TokenEntry(
                        ref.name(),
                        found.get().source().words(),
                        found.get().secret().masked(),
                        changed,
                        ref.hosts(),
                        null,
                        null);
            }
            String source = reader.unasked(ref).map(each -> each.words()).orElse(null);
            return new TokenEntry(ref.name(), source, null, null, ref.hosts(), null, null);
        } catch (UserError unreadable) {
            return new TokenEntry(
                    ref.name(),
                    null,
                    null,
                    null,
                    ref.hosts(),
                    unreadable.problem(),
                    unreadable.fix());
        }
    }

    /// Keeps a value on this host; it goes before every other source, and counts at once.
    public void set(SecretName name, String held, Encoding encoding) {
        stored.set(known(name).name(), held, encoding);
    }

    /// Forgets what [#set] was given.
    ///
    /// @throws UserError when there is nothing of the kind
    public void remove(SecretName name) {
        if (!stored.remove(name)) {
            throw UserError.notFound("nothing is stored of " + name, "keystone-agent tokens list");
        }
    }

    /// Makes one real request with it.
    public TokenTrial test(SecretName name) throws InterruptedException {
        SecretRef ref = known(name);
        Found found =
                reader.read(ref, null)
                        .orElseThrow(
                                () ->
                                        UserError.notFound(
                                                "there is no " + name + " on this host",
                                                "keystone-agent tokens set " + name));
        return trials.of(ref, found.secret());
    }

    private SecretRef known(SecretName name) {
        return refs.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                UserError.notFound(
                                        "there is no secret called `"
                                                + Printable.of(name.value())
                                                + "`"
                                                + KnownSecrets.likely(name.value(), refs)
                                                        .map("; did you mean `%s`?"::formatted)
                                                        .orElse(""),
                                        "keystone-agent tokens list --all"));
    }
}
