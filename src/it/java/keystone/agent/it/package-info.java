/// What every test that boots a sandbox stands on: an installation of its own, real projects, the
/// built program run as a user runs it, and this host's kernel as the witness.
///
/// Start reading at [keystone.agent.it.Installations]; a test class says `@ExtendWith` of it and
/// its
/// methods take an [keystone.agent.it.Installation], or the [keystone.agent.it.SharedSandbox] when
/// any running guest will do.
@NullMarked
package keystone.agent.it;

import org.jspecify.annotations.NullMarked;
