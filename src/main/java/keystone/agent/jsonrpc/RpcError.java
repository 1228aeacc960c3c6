package keystone.agent.jsonrpc;

import keystone.agent.json.Json;
import org.jspecify.annotations.Nullable;

/// A JSON-RPC error object, received or to be sent.
///
/// The codes are those of the JSON-RPC 2.0 specification, section 5.1; 1 to 255 are ours to use.
public final class RpcError extends Exception {
    private static final long serialVersionUID = 1L;

    public static final int PARSE_ERROR = -32700;
    public static final int METHOD_NOT_FOUND = -32601;
    public static final int INVALID_PARAMS = -32602;
    public static final int INTERNAL_ERROR = -32603;

    private final int code;
    private final transient Json.@Nullable Obj data;

    public RpcError(int code, String message) {
        this(code, message, null);
    }

    public RpcError(int code, String message, Json.@Nullable Obj data) {
        super(message);
        this.code = code;
        this.data = data;
    }

    public static RpcError methodNotFound(String method) {
        return new RpcError(METHOD_NOT_FOUND, "there is no method " + method);
    }

    /// Whether the question was not understood, or the other side failed over it: not an answer of
    /// ours.
    public boolean isOfTheProtocol() {
        return code < 0;
    }

    public int code() {
        return code;
    }

    public Json.@Nullable Obj data() {
        return data;
    }

    Json.Obj toJson() {
        Json.Obj error =
                Json.object().with("code", code).with("message", String.valueOf(getMessage()));
        return data == null ? error : error.with("data", data);
    }

    static RpcError fromJson(Json.Obj error) {
        Json data = error.get("data");
        return new RpcError(
                (int) error.number("code"),
                error.string("message"),
                data instanceof Json.Obj object ? object : null);
    }
}
