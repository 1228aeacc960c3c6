package keystone.agent.supervisor;

import java.time.Clock;
import java.util.Optional;
import keystone.agent.desktop.Desktop;
import keystone.agent.egress.Redactor;
import keystone.agent.image.Images;
import keystone.agent.machine.MachineDriver;
import keystone.agent.model.Owner;
import keystone.agent.nixos.NixImages;
import keystone.agent.workspace.ShareDrivers;

/// What a supervisor works with; handed in by the roof.
///
/// @param desktop empty where nobody has one
/// @param self who runs this process
public record SupervisorParts(
        Images images,
        NixImages nixImages,
        MachineDriver driver,
        ShareDrivers shareDrivers,
        Owner self,
        Clock clock,
        Checkpoint checkpoint,
        SecretStore secrets,
        Optional<Desktop> desktop) {
    /// What tasks have of this host.
    TaskCourse.Surroundings surroundings(Redactor redactor) {
        return new TaskCourse.Surroundings(clock, desktop, redactor);
    }
}
