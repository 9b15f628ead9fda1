"""Where live figures come from: one module a provider, all behind one small protocol."""
