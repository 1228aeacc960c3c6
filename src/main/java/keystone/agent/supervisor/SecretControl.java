package keystone.agent.supervisor;

import java.util.List;
import java.util.function.Supplier;
import keystone.agent.egress.Redactor;
import keystone.agent.json.Json;
import keystone.agent.jsonrpc.RpcError;
import keystone.agent.model.SecretName;

/// What the control socket is asked of secrets: see [Methods]. Thread-safe.
///
/// @param secrets throws where there are none
/// @param redactor knows every value that was read in this run
record SecretControl(Supplier<GuestSecrets> secrets, Redactor redactor) {
    Json request(String method, Json.Obj params) throws RpcError, InterruptedException {
        return switch (method) {
            case Methods.SECRETS -> {
                List<String> problems = secrets.get().refresh();
                yield Json.object().with("problems", Json.array(problems, Json::string));
            }
            case Methods.SECRET ->
                    Json.object()
                            .with(
                                    "value",
                                    secrets.get().deliver(new SecretName(params.string("name"))));
            default -> throw RpcError.methodNotFound(method);
        };
    }
}
