"""The filter's rules, compared with what the operator itself says of the same Installations."""
