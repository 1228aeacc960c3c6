/// JSON lines and JSON-RPC 2.0 over any pair of byte streams.
///
/// [keystone.agent.jsonrpc.JsonLines] frames one value a line, bounded, as QMP speaks it;
/// [keystone.agent.jsonrpc.Peer] adds requests, answers and notifications, as the control socket
/// speaks them. May use `json`.
@NullMarked
package keystone.agent.jsonrpc;

import org.jspecify.annotations.NullMarked;
