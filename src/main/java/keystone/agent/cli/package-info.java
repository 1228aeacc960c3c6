/// How a person comes in: one class per command; flags in, lines and exit codes out.
///
/// Start reading at [keystone.agent.cli.CommandLineTool], which finds the command, and at
/// [keystone.agent.cli.Verb], which lists them. A command class holds its flags and asks one of the
/// use cases; the roof provides those through [keystone.agent.cli.UseCases], so that nothing is
/// made that a command does not need. May use `model`, `json`, `config` and `sandbox`; only this
/// room parses flags.
@NullMarked
package keystone.agent.cli;

import org.jspecify.annotations.NullMarked;
