"""IP attribution for Japanese sender-information disclosure."""
