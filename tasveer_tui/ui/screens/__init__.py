"""One screen a place: browse, jobs, library, and the sheets over them."""
