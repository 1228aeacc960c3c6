package keystone.agent.devshell;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.json.Json;
import keystone.agent.model.Devshell;
import keystone.agent.model.Devshell.Extent;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.Digest;

/// A devshell and its inputs as JSON: on the disk, and in the control socket's `boot` request.
public final class DevshellFormat {
    private DevshellFormat() {}

    public static Json.Obj write(Devshell devshell) {
        return Json.object()
                .with("inputs", devshell.inputs().hex())
                .with("store", devshell.store().toString())
                .with("wholeStore", devshell.extent() == Extent.STORE)
                .with("closure", Json.array(devshell.closure(), Json::string))
                .with("variables", toJson(devshell.variables()))
                .with("hook", devshell.hook());
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws keystone.agent.json.JsonException or IllegalArgumentException when it is none
    public static Devshell read(Json.Obj json) {
        return new Devshell(
                new Digest(json.string("inputs")),
                Path.of(json.string("store")),
                json.bool("wholeStore") ? Extent.STORE : Extent.CLOSURE,
                json.array("closure").stream().map(name -> name.asString("closure")).toList(),
                fromJson(json.object("variables")),
                json.string("hook"));
    }

    static Json.Obj write(DevshellInputs inputs) {
        return Json.object().with("main", inputs.main()).with("files", toJson(inputs.files()));
    }

    static DevshellInputs inputs(Json.Obj json) {
        return new DevshellInputs(
                json.string("main"), new TreeMap<>(fromJson(json.object("files"))));
    }

    private static Json.Obj toJson(Map<String, String> texts) {
        Json.Obj json = Json.object();
        texts.forEach(json::with);
        return json;
    }

    private static Map<String, String> fromJson(Json.Obj json) {
        var texts = new TreeMap<String, String>();
        json.members().keySet().forEach(name -> texts.put(name, json.string(name)));
        return texts;
    }
}
