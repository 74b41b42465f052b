"""Names of `toml` under their former place."""

from covgate.config.toml import read_toml, text_of

__all__ = ["read_toml", "text_of"]
