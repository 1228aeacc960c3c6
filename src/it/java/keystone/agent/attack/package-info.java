/// A hostile root of the guest against every layout and every share driver: what it does, what this
/// host's ordinary commands make of it, and the table of what came of that.
///
/// Start reading at `Attacks`, the list; the deeds themselves are in
/// `src/it/resources/attacks/attacks.py`, and `raw.py` speaks to the share's device.
@NullMarked
package keystone.agent.attack;

import org.jspecify.annotations.NullMarked;
