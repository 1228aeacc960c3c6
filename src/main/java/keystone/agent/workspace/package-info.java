/// The project as the guest sees it: which host directories are shared, as whom, and by which
/// driver.
///
/// Start reading at [keystone.agent.workspace.Shares], then
/// [keystone.agent.workspace.ShareDrivers]. May use `model` and `process`.
@NullMarked
package keystone.agent.workspace;

import org.jspecify.annotations.NullMarked;
