/// What may leave a sandbox for the network: the one exit of its guest, who may pass it, and a log
/// of who did.
///
/// May use `model`, `process` and `json`. Start reading at [keystone.agent.egress.Gate], which
/// decides for every path, then [keystone.agent.egress.EgressProxy], which serves the guest.
@NullMarked
package keystone.agent.egress;

import org.jspecify.annotations.NullMarked;
