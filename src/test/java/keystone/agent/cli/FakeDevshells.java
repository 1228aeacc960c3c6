package keystone.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;

/// One devshell in memory, and a record of what was evaluated.
final class FakeDevshells implements UseCases.OfDevshells {
    final List<String> evaluated = new ArrayList<>();
    DevshellStanding standing = new DevshellStanding.Absent();

    static DevshellInputs inputs(Map<String, String> files) {
        return new DevshellInputs("flake.nix", new TreeMap<>(files));
    }

    @Override
    public DevshellStanding look(Path directory) {
        return standing;
    }

    @Override
    public Devshell refresh(Path directory, DevshellInputs approved) {
        evaluated.add(approved.files().toString());
        return new Devshell(
                approved.digest(),
                Path.of("/nix/store"),
                Devshell.Extent.CLOSURE,
                List.of("0123456789abcdfghijklmnpqrsvwxyz-hello"),
                Map.of("PATH", "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-hello/bin"),
                "");
    }
}
