"""Pure array functions over the Array API, and the host functions that turn them into numbers."""
