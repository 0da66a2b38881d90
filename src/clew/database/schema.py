"""What is known of the database before anything is loaded to open it."""

HEAD = "0006"  # the newest step of the schema; a test compares it with the folder of steps
FILE = "cases.sqlite"
PATIENCE = 30  # seconds that a writer waits for another
