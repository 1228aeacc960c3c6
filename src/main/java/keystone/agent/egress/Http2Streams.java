package keystone.agent.egress;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import keystone.agent.egress.Passed.Outcome;

/// The requests of one connection that are being answered, and what is reported of them.
/// Thread-safe.
final class Http2Streams {
    /// As many may be at once; servers usually let a hundred be.
    private static final int MOST = 512;

    private final Exchange exchange;
    private final Report report;
    private final Map<Integer, List<SecretSwap.Used>> open = new HashMap<>();

    Http2Streams(Exchange exchange, Report report) {
        this.exchange = exchange;
        this.report = report;
    }

    synchronized boolean isFull() {
        return open.size() == MOST;
    }

    /// It is looked at: from now on it loses something when the connection ends.
    synchronized void open(int stream) throws IOException {
        if (open.isEmpty()) {
            exchange.busy();
        }
        open.put(stream, List.of());
    }

    /// Its server is about to be asked.
    synchronized void asks(int stream, SecretSwap.Request request) {
        open.put(stream, request.used());
        if (!request.used().isEmpty()) {
            report.became(Outcome.ALLOWED, request.why());
        }
    }

    /// Its server has begun to answer.
    void answered(int stream, int status) throws InterruptedException {
        SecretSwap.answered(status, report(stream, status));
    }

    private synchronized List<SecretSwap.Used> report(int stream, int status) {
        report.answered(status);
        return open.getOrDefault(stream, List.of());
    }

    /// Nothing more is to come of it.
    synchronized void close(int stream) {
        if (open.remove(stream) != null && open.isEmpty()) {
            exchange.idle();
        }
    }

    synchronized void became(Outcome outcome, String why) {
        report.became(outcome, why);
    }
}
