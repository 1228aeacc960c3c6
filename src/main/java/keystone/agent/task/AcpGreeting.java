package keystone.agent.task;

import keystone.agent.json.Json;

/// What an agent is told first: who we are, and what we can.
final class AcpGreeting {
    static final int VERSION = 1;

    private AcpGreeting() {}

    /// The parameters of `initialize`.
    static Json.Obj params() {
        Json.Obj able =
                Json.object()
                        .with(
                                "fs",
                                Json.object()
                                        .with("readTextFile", false)
                                        .with("writeTextFile", false))
                        .with("terminal", false)
                        .with("elicitation", Json.object().with("form", Json.object()))
                        .with("_meta", air());
        return Json.object()
                .with("protocolVersion", VERSION)
                .with("clientCapabilities", able)
                .with("clientInfo", us());
    }

    /// With it, agents say why they failed instead of that they are through.
    private static Json.Obj air() {
        Json.Obj air =
                Json.object()
                        .with("version", 1)
                        .with("capabilities", Json.array().add("sessionFailure"));
        return Json.object().with("jetbrains", Json.object().with("air", air));
    }

    private static Json.Obj us() {
        return Json.object()
                .with("name", "keystone-agent")
                .with("title", "keystone-agent")
                .with("version", "1");
    }
}
