package keystone.agent.egress;

import java.io.IOException;
import java.util.List;
import keystone.agent.egress.Passed.Outcome;

/// A tunnel to where a secret may go ends here and begins anew, so that the secret can be put in;
/// every other tunnel passes as it is.
final class SecretTunnel implements Tunnel {
    private final Secrets secrets;

    SecretTunnel(Secrets secrets) {
        this.secrets = secrets;
    }

    @Override
    public void pass(Target target, Exchange exchange, Line server, Report report)
            throws IOException, InterruptedException {
        List<Binding> bound = secrets.boundFor(target);
        if (bound.isEmpty()) {
            PLAIN.pass(target, exchange, server, report);
            return;
        }
        exchange.allow(exchange.limits().request());
        TlsEnd guest;
        try {
            guest =
                    TlsEnd.answering(
                            secrets.authority().contextFor(target.host()), exchange.guest());
        } catch (IOException notTls) {
            report.became(
                    Outcome.FAILED,
                    "a secret goes to %s, and the guest does not trust this sandbox's authority, or"
                                    .formatted(target.host())
                            + " speaks no TLS");
            throw notTls;
        }
        new SecretExchange(secrets, bound, target, exchange, report).serve(guest, server);
    }
}
