/// The sandbox's directories: every file name, lock and format on disk is written down here, once.
///
/// [keystone.agent.store.Store] finds sandboxes, [keystone.agent.store.SandboxDir] names the files
/// of one that outlive it, [keystone.agent.store.RunDir] those that live while it runs. May use
/// `model` and `json`.
@NullMarked
package keystone.agent.store;

import org.jspecify.annotations.NullMarked;
