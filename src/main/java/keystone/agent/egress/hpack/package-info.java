/// Compressed header sections of HTTP/2 (HPACK, RFC 7541): read with everything that the format
/// allows, written with as little of it as possible.
///
/// Start reading at [keystone.agent.egress.hpack.HeaderDecoder]. Uses no other room.
@NullMarked
package keystone.agent.egress.hpack;

import org.jspecify.annotations.NullMarked;
