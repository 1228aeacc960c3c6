package keystone.agent.supervisor;

import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// A person's problem that a supervisor has told of, as whoever asked it knows it.
final class ToldError {
    private ToldError() {}

    static UserError of(RpcError error) {
        Json.Obj data = error.data();
        String said = data == null ? null : data.stringOrNull("fix");
        String fix = said == null ? "keystone-agent doctor" : said;
        for (UserError.Kind kind : UserError.Kind.values()) {
            if (kind.exitCode() == error.code()) {
                return new UserError(kind, String.valueOf(error.getMessage()), fix)
                        .quoting(quoted(data));
            }
        }
        return UserError.failed(String.valueOf(error.getMessage()), fix).quoting(quoted(data));
    }

    /// Earlier supervisors send none.
    private static List<String> quoted(Json.@Nullable Obj data) {
        return data != null && data.get("quoted") instanceof Json.Arr(List<Json> lines)
                ? lines.stream().map(line -> line.asString("quoted")).toList()
                : List.of();
    }
}
