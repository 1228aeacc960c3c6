package keystone.agent.supervisor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import keystone.agent.egress.Secrets;
import keystone.agent.guest.Guest;
import keystone.agent.guest.GuestHoldings;
import keystone.agent.model.Delivery;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// What a guest is given of its sandbox's secrets: placeholders, whom to trust, and of those that
/// somebody wants it to have, the value. A sandbox without secrets is given nothing, so that no
/// program in it trusts anybody else. Thread-safe.
final class GuestSecrets {
    private final Secrets secrets;
    private final BaseUrls bases;
    private final Set<SecretName> filesOnly = new TreeSet<>();
    private final Map<SecretName, Delivery> deliveries;
    private final Set<SecretName> inGuest = new ConcurrentSkipListSet<>();
    private volatile Set<SecretName> placeholders = Set.of();
    private @Nullable Guest guest;
    private boolean isGiven;

    GuestSecrets(Secrets secrets, SecretOrder order) {
        this.secrets = secrets;
        this.bases = BaseUrls.of(order.environment());
        this.deliveries = order.delivered();
        for (SecretRef ref : order.refs()) {
            if (ref.sources().stream().allMatch(SecretSource.LogIn.class::isInstance)) {
                filesOnly.add(ref.name());
            }
        }
    }

    /// Of what a guest knows at the moment.
    ///
    /// @param placeholders of which secrets it has one
    /// @param inGuest of which it has had the value itself in this run
    record Facts(List<String> placeholders, List<String> inGuest) {
        static final Facts NONE = new Facts(List.of(), List.of());
    }

    Facts facts() {
        return new Facts(words(placeholders), words(inGuest));
    }

    private static List<String> words(Set<SecretName> names) {
        return names.stream().map(SecretName::value).toList();
    }

    /// For the first time, once the guest answers.
    ///
    /// @return what could not be given, or does not go where it seems to, a sentence each; nothing
    ///     of it ends a start
    synchronized List<String> give(Guest to) throws InterruptedException {
        guest = to;
        try {
            var sentences = new ArrayList<>(refresh());
            sentences.addAll(bases.notices(placeholders));
            return sentences;
        } catch (UserError failed) {
            return List.of(failed.problem());
        }
    }

    /// As it is now, after something has changed on the host.
    ///
    /// @return what could not be given, a sentence each
    synchronized List<String> refresh() throws InterruptedException {
        Guest to = guest;
        if (to == null) {
            return List.of();
        }
        Map<SecretName, String> now = secrets.placeholders();
        boolean isNothing = now.isEmpty() && deliveries.isEmpty();
        if (isNothing && !isGiven) {
            return List.of();
        }
        var problems = new ArrayList<String>();
        var files = new TreeMap<String, String>();
        Map<String, String> variables = variables(now);
        for (Map.Entry<SecretName, Delivery> each : deliveries.entrySet()) {
            SecretName name = each.getKey();
            try {
                (each.getValue() == Delivery.FILE ? files : variables)
                        .put(name.value(), deliver(name));
            } catch (UserError unreadable) {
                problems.add("%s is not delivered: %s".formatted(name, unreadable.problem()));
            }
        }
        isGiven = true;
        to.hold(
                new GuestHoldings(
                        variables,
                        new GuestHoldings.Trust(
                                secrets.authorityCertificate(), secrets.javaTrust()),
                        secrets.logIns(GuestHoldings.MARK),
                        files));
        placeholders = new TreeSet<>(now.keySet());
        return problems;
    }

    /// The value itself, which the user wants to be inside.
    String deliver(SecretName name) throws InterruptedException {
        var bytes = new ByteArrayOutputStream();
        try {
            secrets.deliver(name, bytes);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        inGuest.add(name);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// Made while the guest boots: it takes a moment.
    void prepare() {
        try {
            if (!secrets.placeholders().isEmpty()) {
                byte[] _ = secrets.javaTrust();
            }
        } catch (UserError toldLater) {
            // By [#give].
        }
    }

    private Map<String, String> variables(Map<SecretName, String> now) {
        var all = new TreeMap<String, String>();
        now.forEach(
                (name, placeholder) -> {
                    if (!filesOnly.contains(name)) {
                        all.put(name.value(), placeholder);
                    }
                });
        return all;
    }
}
