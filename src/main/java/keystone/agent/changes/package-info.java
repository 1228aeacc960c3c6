/// What changes in a project on the host, as long as somebody wants to know: its directories are
/// watched, but for what git ignores, and what happens in them is put together into batches. Uses
/// `model` and `process`. Start reading at [keystone.agent.changes.ProjectChanges].
@NullMarked
package keystone.agent.changes;

import org.jspecify.annotations.NullMarked;
