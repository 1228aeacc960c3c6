/// The program as an attacker and as other users see it: from inside as root of the guest, from the
/// side as another user of this host, from below as the kernel that runs it.
///
/// Start reading at [keystone.agent.security.UsersIT] and
/// [keystone.agent.security.SecurityFloorIT]; the sandboxes come from `keystone.agent.it`.
@NullMarked
package keystone.agent.security;

import org.jspecify.annotations.NullMarked;
