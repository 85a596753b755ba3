"""Query trees in the terms of the cluster."""
