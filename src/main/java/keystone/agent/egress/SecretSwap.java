package keystone.agent.egress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import keystone.agent.egress.HttpHead.Field;
import keystone.agent.model.UserError;

/// Puts secrets into the requests to one host, and takes them out of its answers' heads.
/// Thread-safe.
final class SecretSwap {
    /// Somebody may have to unlock what a secret is read from.
    private static final Duration READING = Duration.ofSeconds(75);

    private static final int UNAUTHORIZED = 401;

    private final Secrets secrets;
    private final List<Binding> bound;
    private final Exchange exchange;

    SecretSwap(Secrets secrets, List<Binding> bound, Exchange exchange) {
        this.secrets = secrets;
        this.bound = List.copyOf(bound);
        this.exchange = exchange;
    }

    /// A secret that a request has got.
    record Used(Binding binding, Secret secret) {}

    /// A request as its server gets it.
    record Request(HttpHead head, List<Used> used) {
        Request {
            used = List.copyOf(used);
        }

        /// For the log.
        String why() {
            return used.stream()
                    .map(each -> each.secret().name().value())
                    .sorted()
                    .collect(Collectors.joining(", ", "with the secret ", ""));
        }
    }

    /// What a server did not take is read again before it is used the next time.
    ///
    /// @param used by the request that it has answered
    static void answered(int status, List<Used> used) throws InterruptedException {
        if (status == UNAUTHORIZED) {
            for (Used each : used) {
                each.binding().held().refused(each.secret());
            }
        }
    }

    /// Takes as long as it takes to read a secret.
    ///
    /// @throws UserError when one cannot be read
    Request withSecrets(HttpHead request) throws InterruptedException {
        HttpHead head = request;
        var used = new ArrayList<Used>();
        for (Binding binding : bound) {
            if (binding.isMeant(request)) {
                exchange.allow(READING);
                Secret secret = secrets.value(binding);
                head = binding.withSecret(head, secret);
                used.add(new Used(binding, secret));
            }
        }
        return new Request(head, used);
    }

    HttpHead masked(HttpHead head) {
        var fields = new ArrayList<Field>();
        head.fields().forEach(each -> fields.add(new Field(each.name(), masked(each.value()))));
        return new HttpHead(masked(head.start()), fields);
    }

    String masked(String text) {
        String result = text;
        for (Binding binding : bound) {
            result = binding.masked(result);
        }
        return result;
    }
}
