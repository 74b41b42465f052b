"""A coverage gate that lives inside pytest."""

__version__ = "0.1.0"
