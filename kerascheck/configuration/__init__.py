"""What the user has asked for: settings, selections, plugins, suppressions, baselines and revisions."""
