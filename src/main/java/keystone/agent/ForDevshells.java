package keystone.agent;

import java.nio.file.Path;
import keystone.agent.cli.UseCases;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;
import keystone.agent.sandbox.ProjectDevshells;

/// The use cases of devshells, in their own words.
record ForDevshells(ProjectDevshells to) implements UseCases.OfDevshells {
    @Override
    public DevshellStanding look(Path directory) {
        return to.look(directory);
    }

    @Override
    public Devshell refresh(Path directory, DevshellInputs approved) throws InterruptedException {
        return to.refresh(directory, approved);
    }
}
