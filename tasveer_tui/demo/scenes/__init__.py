"""What the demo's photographs show: motifs, painted onto a canvas in a given light."""
