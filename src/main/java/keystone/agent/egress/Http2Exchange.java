package keystone.agent.egress;

import java.io.IOException;
import java.time.Duration;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.egress.ServerTls.NotTrusted;

/// HTTP/2 within one tunnel (RFC 9113): frames pass from end to end as they come, so that each side
/// has to keep to what the other lets it send; only heads are read and written anew, by the rules
/// of [SecretExchange]. Used by one thread, and by one more for what the guest sends.
final class Http2Exchange {
    private static final Duration LAST_BYTES = Duration.ofSeconds(2);

    private final Secrets secrets;
    private final SecretSwap swap;
    private final Target target;
    private final Exchange exchange;
    private final Http2Streams streams;

    Http2Exchange(
            Secrets secrets, SecretSwap swap, Target target, Exchange exchange, Report report) {
        this.secrets = secrets;
        this.swap = swap;
        this.target = target;
        this.exchange = exchange;
        this.streams = new Http2Streams(exchange, report);
    }

    void serve(TlsEnd guest, Line line) throws IOException, InterruptedException {
        var toGuest = new Http2Writer(guest);
        End server;
        try {
            InnerRequest.requireSameName(guest.wanted(), target);
            exchange.allow(exchange.limits().connect());
            server = new ServerTls(secrets, target).over(line, Spoken.HTTP_2);
        } catch (Malformed malformed) {
            refuse(guest, toGuest, Outcome.MALFORMED, Refusal.of(malformed));
            return;
        } catch (NotTrusted notTrusted) {
            refuse(guest, toGuest, Outcome.FAILED, Refusal.of(notTrusted));
            return;
        }
        exchange.idle();
        serve(guest, toGuest, server, new Http2Writer(server));
    }

    private void serve(End guest, Http2Writer toGuest, End server, Http2Writer toServer)
            throws IOException, InterruptedException {
        var requests = new Http2Requests(swap, target, exchange, streams, guest, toGuest, toServer);
        Thread outwards =
                Thread.ofVirtual()
                        .name("egress, requests outwards")
                        .start(() -> pass(requests, toGuest, toServer));
        try {
            new Http2Answers(swap, exchange, streams, server, toGuest).pass();
        } catch (Malformed odd) {
            streams.became(
                    Outcome.FAILED, "the answer of " + target.host() + " is odd: " + odd.what());
            toGuest.leave(requests.last(), Refusal.oddAnswer(target, odd).sentence());
        } finally {
            exchange.allow(LAST_BYTES);
            toGuest.finish();
            toServer.finish();
            outwards.join();
        }
    }

    private void pass(Http2Requests requests, Http2Writer toGuest, Http2Writer toServer) {
        try {
            requests.pass();
            toServer.finish();
        } catch (Malformed malformed) {
            streams.became(Outcome.MALFORMED, malformed.what());
            leave(toGuest, requests.last(), malformed);
            toServer.finish();
            exchange.close();
        } catch (IOException gone) {
            exchange.close();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException surprise) {
            // Nobody would read what the guest sends.
            exchange.close();
            throw surprise;
        }
    }

    private static void leave(Http2Writer toGuest, int last, Malformed malformed) {
        try {
            toGuest.leave(last, malformed.what());
            toGuest.finish();
        } catch (IOException gone) {
            // Then nobody wants to know.
        }
    }

    private void refuse(End guest, Http2Writer toGuest, Outcome outcome, Refusal refusal)
            throws IOException {
        streams.became(outcome, refusal.problem());
        toGuest.greet();
        toGuest.leave(0, refusal.sentence());
        toGuest.finish();
        exchange.allow(LAST_BYTES);
        while (guest.some().hasRemaining()) {
            guest.some().clear().limit(0);
        }
    }
}
