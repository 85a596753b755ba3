"""Text in, text out: cleaning, decoding, analysis and dates, for whoever reads or searches."""
