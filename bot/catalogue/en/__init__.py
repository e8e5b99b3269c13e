"""English, the language that has every text. One file for each topic, with its texts in `TEXTS`."""
