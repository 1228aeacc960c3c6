/// Inside the guest: its keys and boot config, the ssh connection to it, commands, terminals and
/// files.
///
/// Two sides use this room. The supervisor makes [keystone.agent.guest.SshKeys], hands
/// [keystone.agent.guest.GuestConfig] to the machine and owns a [keystone.agent.guest.Guest]. A
/// command on the host needs only the ssh config which that wrote, and speaks through
/// [keystone.agent.guest.GuestSessions]. Whatever comes out of a guest is hostile: it is bounded,
/// and printed only as [keystone.agent.model.Printable] says. May use `model` and `process`.
@NullMarked
package keystone.agent.guest;

import org.jspecify.annotations.NullMarked;
