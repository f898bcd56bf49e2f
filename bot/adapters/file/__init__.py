"""Files in the data folder: a platform that nobody talks on."""
