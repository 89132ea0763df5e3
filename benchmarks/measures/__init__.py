"""One file a measure: `measure(stage, samples, …)` has the system do it and adds what came out."""
