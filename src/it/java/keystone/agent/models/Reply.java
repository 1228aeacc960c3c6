package keystone.agent.models;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import keystone.agent.json.Json;

/// What goes back to an agent: one answer, or a stream of events; then the connection ends.
record Reply(OutputStream out) {
    void json(int status, Json body) throws IOException {
        head(status, "application/json");
        write(body.compact());
    }

    /// The beginning of a stream.
    void events() throws IOException {
        head(200, "text/event-stream");
        out.flush();
    }

    /// One event, named by the member `type` of its data.
    void event(Json.Obj data) throws IOException {
        write("event: " + data.string("type") + "\ndata: " + data.compact() + "\n\n");
    }

    /// One event without a name.
    void data(Json data) throws IOException {
        write("data: " + data.compact() + "\r\n\r\n");
    }

    private void head(int status, String type) throws IOException {
        write(
                "HTTP/1.1 "
                        + status
                        + " Scripted\r\nContent-Type: "
                        + type
                        + "\r\nRetry-After: 1\r\nConnection: close\r\n\r\n");
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
