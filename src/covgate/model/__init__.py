"""The values that pass from room to room. All are frozen; none reads or writes anything."""
