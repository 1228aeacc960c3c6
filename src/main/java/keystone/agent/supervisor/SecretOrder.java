package keystone.agent.supervisor;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.egress.Secrets;
import keystone.agent.json.Json;
import keystone.agent.model.Delivery;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;

/// What a supervisor is told of the secrets that its guest may use: which there could be, and what
/// of the starter's environment they are read from. It stays in memory.
///
/// @param delivered those of which the guest gets the value itself
public record SecretOrder(
        List<SecretRef> refs,
        Map<String, String> environment,
        Map<SecretName, Delivery> delivered) {
    public static final SecretOrder NONE = new SecretOrder(List.of(), Map.of(), Map.of());

    public SecretOrder {
        refs = List.copyOf(refs);
        environment = new TreeMap<>(environment);
        delivered = new TreeMap<>(delivered);
    }

    /// For one start.
    ///
    /// @param ofProcess the variables of whoever starts; only what is needed is passed on
    public static SecretOrder of(
            List<SecretRef> refs,
            Map<String, String> ofProcess,
            Map<SecretName, Delivery> delivered) {
        var environment = new TreeMap<>(Secrets.variables(refs, ofProcess));
        for (String variable : BaseUrls.VARIABLES) {
            String value = ofProcess.get(variable);
            if (value != null) {
                environment.put(variable, value);
            }
        }
        return new SecretOrder(refs, environment, delivered);
    }

    Json.Obj toJson() {
        Json.Obj variables = Json.object();
        environment.forEach(variables::with);
        Json.Obj deliveries = Json.object();
        delivered.forEach((name, how) -> deliveries.with(name.value(), how.word()));
        return Json.object()
                .with("refs", Json.array(refs, SecretFormat::write))
                .with("environment", variables)
                .with("delivered", deliveries);
    }

    static SecretOrder fromJson(Json.Obj json) {
        var variables = new TreeMap<String, String>();
        Json.Obj environment = json.object("environment");
        environment
                .members()
                .keySet()
                .forEach(each -> variables.put(each, environment.string(each)));
        var deliveries = new TreeMap<SecretName, Delivery>();
        Json.Obj delivered = json.object("delivered");
        for (String name : delivered.members().keySet()) {
            deliveries.put(new SecretName(name), Delivery.parse(delivered.string(name)));
        }
        return new SecretOrder(
                json.array("refs").stream()
                        .map(each -> SecretFormat.read(each.asObject()))
                        .toList(),
                variables,
                deliveries);
    }

    /// The environment is full of secrets.
    @Override
    public String toString() {
        return "SecretOrder[" + refs.size() + "]";
    }
}
