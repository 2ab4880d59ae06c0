"""Pure rules: arrays and tables in, arrays and tables out."""
