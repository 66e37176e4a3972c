"""What is kept from run to run, in one SQLite file, and how it is written there. An edge."""
