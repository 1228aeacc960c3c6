package keystone.agent.git;

import keystone.agent.process.Command;

/// Objects on their way to a guest.
///
/// @param command writes them as a pack that needs no other (gitformat-pack(5))
/// @param input of the command
public record OutgoingPack(Command command, String input) {}
