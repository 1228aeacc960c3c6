package keystone.agent.egress;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import keystone.agent.egress.Passed.Outcome;

/// A tunnel to where a secret may go ends here and begins anew, so that the secret can be put in;
/// every other tunnel passes as it is.
final class SecretTunnel implements Tunnel {
    /// So many at once: both ends of TLS hold some ten times of what other tunnels do.
    static final int MOST = 64;

    private final Secrets secrets;
    private final Semaphore free = new Semaphore(MOST);

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
        exchange.allow(exchange.limits().connect());
        if (!free.tryAcquire(
                exchange.limits().connect().dividedBy(2).toMillis(), TimeUnit.MILLISECONDS)) {
            report.became(
                    Outcome.REFUSED,
                    "there are %d connections to hosts with a secret already".formatted(MOST));
            return;
        }
        try {
            passWithSecrets(bound, target, exchange, server, report);
        } finally {
            free.release();
        }
    }

    private void passWithSecrets(
            List<Binding> bound, Target target, Exchange exchange, Line server, Report report)
            throws IOException, InterruptedException {
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
