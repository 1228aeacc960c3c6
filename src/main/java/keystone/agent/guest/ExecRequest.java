package keystone.agent.guest;

import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.UserError;

/// What `exec` runs in the guest.
///
/// @param directory where; a relative one is below the workspace
/// @param environment added to the guest's; wins over what the sandbox was started with
/// @param token marks every process of it
public record ExecRequest(
        ExactArguments command,
        String directory,
        Map<String, String> environment,
        SessionToken token) {
    public ExecRequest {
        environment = new TreeMap<>(environment);
        EnvironmentScript.validate(environment);
        if (directory.isEmpty() || directory.indexOf('\0') >= 0) {
            throw UserError.usage(
                    "`" + Printable.of(directory) + "` cannot be a directory of the guest",
                    "use an absolute path of the guest, such as " + SandboxSpec.WORKSPACE);
        }
    }

    /// Without the environment, which may hold a secret.
    @Override
    public String toString() {
        return "ExecRequest[" + token + "]";
    }
}
