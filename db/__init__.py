"""The ground floor: what is stored, and the formats that cross between packages."""
