package keystone.agent.config;

/// One thing that somebody set.
///
/// @param id what it is about where a key holds several: a variable's name, a path in the guest, a
///     package; empty otherwise. Of two settings with one key and id the stronger place wins.
/// @param value as its [Form] understands it
/// @param text the value as a person writes it
public record Setting(Key key, String id, Object value, String text, Origin origin) {}
