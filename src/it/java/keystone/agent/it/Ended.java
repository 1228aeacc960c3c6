package keystone.agent.it;

import java.util.List;
import keystone.agent.json.Json;

/// How a command ended, and what it said.
///
/// @param command as a person would type it
/// @param status its exit code; 128 and a signal's number when one ended it
public record Ended(String command, int status, String output, String errors) {
    public Ended succeeds() {
        return endsWith(0);
    }

    public Ended endsWith(int expected) {
        if (status != expected) {
            throw new AssertionError("expected status " + expected + "\n" + this);
        }
        return this;
    }

    /// Its whole output, without the line feed at the end.
    public String text() {
        return output.strip();
    }

    public Json.Obj object() {
        return Json.parse(output).asObject();
    }

    public List<Json.Obj> objects() {
        if (Json.parse(output) instanceof Json.Arr(List<Json> items)) {
            return items.stream().map(Json::asObject).toList();
        }
        throw new AssertionError("an array was expected\n" + this);
    }

    @Override
    public String toString() {
        return "$ %s\n--- status %d, stdout:\n%s\n--- stderr:\n%s"
                .formatted(command, status, output, errors);
    }
}
