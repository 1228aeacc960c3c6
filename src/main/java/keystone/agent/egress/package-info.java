/// What may leave a sandbox for the network: the one exit of its guest, who may pass it, the
/// secrets that are put in on the way, and a log of who passed.
///
/// May use `model`, `process`, `json` and `egress.hpack`. Start reading at
/// [keystone.agent.egress.Gate], which decides for every path, then
/// [keystone.agent.egress.EgressProxy], which serves the guest, and
/// [keystone.agent.egress.SecretExchange], through which secrets leave.
@NullMarked
package keystone.agent.egress;

import org.jspecify.annotations.NullMarked;
