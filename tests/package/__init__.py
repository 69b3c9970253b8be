"""What is released: the wheel, the archive, the manual, the site, and the files that other tools read."""
