"""A page as Chromium shows it, with everything that it loaded, as WARC."""
