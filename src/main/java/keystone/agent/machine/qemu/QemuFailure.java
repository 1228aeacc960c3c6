package keystone.agent.machine.qemu;

import keystone.agent.machine.MachineSpec;
import keystone.agent.model.UserError;
import keystone.agent.process.Complaints;

/// Makes a person's problem of a QEMU that did not start.
final class QemuFailure {
    private QemuFailure() {}

    static UserError of(MachineSpec spec, Complaints complaints, Exception cause) {
        String said = complaints.text();
        if (said.contains("Cannot allocate memory")) {
            return new UserError(
                    UserError.Kind.HOST_LACKS,
                    "this host cannot give the sandbox " + spec.resources().memory() + " of memory",
                    "start it with less, such as --memory 1g, or stop other sandboxes",
                    cause);
        }
        if (said.contains("Failed to get \"write\" lock")) {
            return new UserError(
                    UserError.Kind.WRONG_STATE,
                    "another process uses the disk " + spec.disk(),
                    "keystone-agent doctor",
                    cause);
        }
        var lines = complaints.lines();
        String why = lines.isEmpty() ? String.valueOf(cause.getMessage()) : lines.getLast();
        return new UserError(
                UserError.Kind.FAILED,
                "QEMU could not start: " + why,
                "keystone-agent doctor",
                cause);
    }
}
