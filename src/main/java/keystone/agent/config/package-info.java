/// What a person set, wherever they set it: flags, the environment, the project's file, the user's
/// file; and the approvals without which a project's file has no effect.
///
/// Every setting is declared once, in [keystone.agent.config.Key]. Start reading there, then at
/// [keystone.agent.config.Configuration]. May use `model` and `workspace`,
/// whose rules decide what may be mounted; only this room parses TOML.
@NullMarked
package keystone.agent.config;

import org.jspecify.annotations.NullMarked;
